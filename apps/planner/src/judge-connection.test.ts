import { DAY_MS } from '@wxcc/contracts/window'
import { expect, test } from 'vitest'
import { judgeConnection } from './judge-connection.ts'

const NOW = Date.UTC(2026, 2, 10, 12)

test.each<[string, leftMs: number | null, alarmed: number | null, expected: number | null]>([
  ['a fresh token', 90 * DAY_MS, null, null],
  ['just above a month', 30 * DAY_MS + 1, null, null],
  ['a month', 30 * DAY_MS, null, 30],
  ['a month, told', 30 * DAY_MS - 1, 30, 30],
  ['two weeks', 14 * DAY_MS, 30, 14],
  ['a week', 7 * DAY_MS, 14, 7],
  ['a day', DAY_MS, 7, 1],
  ['straight from well to a day', DAY_MS, null, 1],
  ['over', 0, 1, 0],
  ['long over', -DAY_MS, null, 0],
  ['a vendor that does not tell', null, null, null],
  ['a second more than before is not better', 14 * DAY_MS + 1_000, 14, 14],
  ['refreshed', 90 * DAY_MS, 1, null],
  ['refreshed, by a vendor that counts down from two weeks', 14 * DAY_MS, 7, 14],
  ['connected again', 90 * DAY_MS, 0, null],
])('%s', (_what, leftMs, alarmedDays, expected) => {
  const endsAtMs = leftMs === null ? null : NOW + leftMs
  expect(judgeConnection({ state: 'active', endsAtMs, alarmedDays }, NOW)).toBe(expected)
})

test('without consent it is lost, however long the token would have lived', () => {
  expect(judgeConnection({ state: 'needs_consent', endsAtMs: NOW + 90 * DAY_MS, alarmedDays: null }, NOW)).toBe(0)
})
