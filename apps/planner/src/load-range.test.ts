import { WINDOW_MS } from '@wxcc/contracts/window'
import { describe, expect, test } from 'vitest'
import { loadRange } from './load-range.ts'

const NOON = Date.UTC(2026, 2, 10, 12)
const settleMs = 5 * 60_000

describe('loadRange', () => {
  test.each([
    ['a window is read only after it closed and settled', 0, null, NOON + settleMs - 1, -WINDOW_MS],
    ['it is read from that moment on', 0, null, NOON + settleMs, 0],
    ['never past load_until', 0, NOON - 4 * WINDOW_MS, NOON + settleMs, -4 * WINDOW_MS],
    ['a quarter that load_until cuts is left out', 0, NOON - 1, NOON + settleMs, -WINDOW_MS],
  ])('%s', (_name, _from, loadUntilMs, nowMs, expectedEnd) => {
    const range = loadRange({ loadFromMs: NOON - 96 * WINDOW_MS, loadUntilMs, settleMs }, nowMs)
    expect(range).toEqual({ fromMs: NOON - 96 * WINDOW_MS, toMs: NOON + expectedEnd })
  })

  test('begins with the whole quarter that holds load_from, and is empty while that has not settled', () => {
    const range = loadRange({ loadFromMs: NOON + 1, loadUntilMs: null, settleMs }, NOON + 2)
    expect(range).toEqual({ fromMs: NOON, toMs: NOON })
  })
})
