import { CAPTURE_STATES, FETCH_STATES, WINDOW_STATES } from '@wxcc/contracts/ledger'
import { describe, expect, test } from 'vitest'
import { CAPTURE_MOVES, FETCH_MOVES, WINDOW_MOVES, isAllowedMove, statesBefore } from './moves.ts'

describe('moves', () => {
  test.each([
    ['fetch', FETCH_MOVES, FETCH_STATES],
    ['window', WINDOW_MOVES, WINDOW_STATES],
    ['capture', CAPTURE_MOVES, CAPTURE_STATES],
  ])('%s: names every state, and no state moves to itself', (_name, moves, states) => {
    expect(Object.keys(moves).sort()).toEqual([...states].sort())
    for (const [from, targets] of Object.entries(moves)) expect(targets).not.toContain(from)
  })

  test('what is finished stays finished', () => {
    // A person may have its kept pages mapped again; the vendor is not asked twice.
    expect(FETCH_MOVES.mapped).toEqual(['fetched'])
    expect(FETCH_MOVES.done).toEqual([])
    expect(WINDOW_MOVES.expired).toEqual([])
    // Only retention ends the life of a stored file.
    expect(CAPTURE_MOVES.stored).toEqual(['expired'])
  })

  test('statesBefore is the table read backwards', () => {
    expect(statesBefore(FETCH_MOVES, 'pending')).toEqual(['queued', 'running', 'failed'])
    expect(statesBefore(WINDOW_MOVES, 'sealed')).toEqual(['verified'])
    expect(isAllowedMove(WINDOW_MOVES, 'planned', 'short')).toBe(false)
  })
})
