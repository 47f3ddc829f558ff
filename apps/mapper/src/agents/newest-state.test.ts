import { describe, expect, test } from 'vitest'
import { isNewerInterval, isNewerSession } from './newest-state.ts'

const open = { endTime: null, rowHash: Buffer.from([1]) }
const closed = { endTime: new Date(1_000), rowHash: Buffer.from([1]) }

describe('isNewerInterval', () => {
  test.each([
    ['nothing held', closed, undefined, true],
    ['an open one is closed', closed, open, true],
    ['a closed one stays closed', open, closed, false],
    ['a later end corrects an earlier', { ...closed, endTime: new Date(2_000) }, closed, true],
    ['an earlier end does not', closed, { ...closed, endTime: new Date(2_000) }, false],
    ['the same again', closed, closed, false],
    ['of equal ends one and the same wins', { ...closed, rowHash: Buffer.from([2]) }, closed, true],
    ['from either side', closed, { ...closed, rowHash: Buffer.from([2]) }, false],
  ])('%s', (_name, candidate, held, expected) => {
    expect(isNewerInterval(candidate, held)).toBe(expected)
  })
})

describe('isNewerSession', () => {
  const active = { logoutEvidence: null, logoutMs: null, channelTotals: { a: { lastActivityTime: 5, totalCount: 2 } } }
  test.each([
    ['logged out beats logged in', { ...active, logoutEvidence: 'source', logoutMs: 9 }, active, true],
    ['and is not undone', active, { ...active, logoutEvidence: 'source', logoutMs: 9 }, false],
    [
      'a logout that is told beats a later one that is guessed',
      { ...active, logoutEvidence: 'source', logoutMs: 9 },
      { ...active, logoutEvidence: 'last_activity', logoutMs: 12 },
      true,
    ],
    ['which beats logged in', { ...active, logoutEvidence: 'last_activity', logoutMs: 9 }, active, true],
    ['later activity wins', { ...active, channelTotals: { a: { lastActivityTime: 6, totalCount: 1 } } }, active, true],
    ['more states win', { ...active, channelTotals: { a: { lastActivityTime: 5, totalCount: 3 } } }, active, true],
    [
      'the order of keys is nothing',
      { ...active, channelTotals: { a: { totalCount: 2, lastActivityTime: 5 } } },
      active,
      false,
    ],
  ])('%s', (_name, candidate, held, expected) => {
    expect(isNewerSession(candidate, held)).toBe(expected)
  })
})
