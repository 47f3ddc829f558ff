import type { Connection } from '@wxcc/db/connections'
import { expect, test } from 'vitest'
import { refreshDueAt } from './keep-alive.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const THEN = Date.UTC(2026, 2, 10)
const connection: Connection = {
  credentialId: 1,
  sources: ['north'],
  state: 'active',
  refreshedAtMs: THEN,
  endsAtMs: THEN + 90 * DAY,
  triedAtMs: THEN,
  alarmedDays: null,
  consentCode: null,
}

test.each<[string, Partial<Connection>, dueAtMs: number]>([
  ['every week', {}, THEN + 7 * DAY],
  ['after a third of a short life', { endsAtMs: THEN + 6 * DAY }, THEN + 2 * DAY],
  ['not more often than hourly', { endsAtMs: THEN + HOUR }, THEN + HOUR],
  ['weekly when the vendor does not tell', { endsAtMs: null }, THEN + 7 * DAY],
  ['at once when it was never used', { refreshedAtMs: null, triedAtMs: null }, 0],
  ['ten minutes after a try that failed', { triedAtMs: THEN + 7 * DAY }, THEN + 7 * DAY + 600_000],
  ['a day after a refusal', { state: 'needs_consent', triedAtMs: THEN + 9 * DAY }, THEN + 10 * DAY],
])('%s', (_when, change, dueAtMs) => {
  expect(refreshDueAt({ ...connection, ...change })).toBe(dueAtMs)
})
