import { expect, test } from 'vitest'
import type { BudgetStatus } from './budget-status.ts'
import type { History } from './history.ts'
import { historyPace, progressOf, standingOf } from './history-progress.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const MINUTE = 60_000
const history: History = {
  historyId: 1,
  source: 'acme',
  from: new Date(NOON - 100 * 24 * 60 * MINUTE),
  until: new Date(NOON),
  state: 'running',
  isPaused: false,
  records: { task: 6_000, agent_session: 2_000 },
  requests: 1_000,
  byteSize: 1,
  windows: 100,
  windowsProved: 50,
  recordsProved: 6_000,
  requestsSent: 700,
}
const budget: BudgetStatus = {
  sources: ['acme', 'sister'],
  perMinute: 280,
  limitPerMinute: 300,
  isSlowed: false,
  closedUntil: null,
  sentPerMinute: 100,
  requestsUnderWay: 0,
  requestsWaiting: 0,
  drainPerMinute: 250,
  drainedAt: null,
  isTheLimit: false,
  areWorkersTheLimit: false,
}

test('progress is by counted records, and the rest takes as long as its requests', () => {
  expect(progressOf(history, 25, NOON)).toEqual({
    standing: 'running',
    part: 0.75,
    recordsTotal: 8_000,
    requestsLeft: 250,
    finishedAt: new Date(NOON + 10 * MINUTE),
  })
})

test('what is proved to the last quarter hour is done, whatever the vendor counts by now', () => {
  const done = progressOf({ ...history, windowsProved: 100, recordsProved: 7_990 }, 25, NOON)
  expect(done).toMatchObject({ standing: 'done', part: 1, requestsLeft: 0, finishedAt: null })
})

test('only what runs has an end', () => {
  expect(progressOf({ ...history, isPaused: true }, 25, NOON)).toMatchObject({ standing: 'paused', finishedAt: null })
  expect(standingOf({ ...history, state: 'planned' })).toBe('planned')
  expect(progressOf(history, 0, NOON).finishedAt).toBeNull()
})

test('histories on one client id share what live work leaves; those that wait or are done take none', () => {
  const sister = { ...history, source: 'sister' }
  expect(historyPace('acme', [history], [budget])).toBe(250)
  expect(historyPace('acme', [history, sister], [budget])).toBe(125)
  expect(historyPace('acme', [history, { ...sister, isPaused: true }], [budget])).toBe(250)
  expect(historyPace('acme', [history, sister], [{ ...budget, sources: ['acme'] }])).toBe(250)
  expect(historyPace('stranger', [history], [budget])).toBe(0)
})
