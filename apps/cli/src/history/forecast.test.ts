import { DAY_MS } from '@wxcc/contracts/window'
import { expect, test } from 'vitest'
import { everyDay, forecastStream, usualCost } from './forecast.ts'

const days = (count: number, length: number) => Array.from({ length }, (_, at) => ({ dayStartMs: at * DAY_MS, count }))
const none = { bytesPerRecord: 1_000, extraRequestsPerRecord: 0 }

test('a quiet year: full pages of many days, and a census for each', () => {
  // 330 tasks a day: 130,350 tasks are 522 full pages, each followed by one of activities.
  const { records, requests, byteSize } = forecastStream('task', days(330, 395), none)
  expect(records).toBe(130_350)
  expect(byteSize).toBe(130_350_000)
  expect(requests).toBeGreaterThanOrEqual(395 + 2 * 522)
  expect(requests).toBeLessThan((395 + 2 * 522) * 1.02)
})

test('a span ends after thirty days, however little is in it; days without records cost their census', () => {
  expect(forecastStream('task', days(1, 60), none).requests).toBe(60 + 2 * 2)
  expect(forecastStream('task', days(0, 60), none).requests).toBe(60)
})

test('a busy day is many spans, each of eight pages', () => {
  const { requests } = forecastStream('task', days(40_000, 1), none)
  expect(requests).toBeGreaterThanOrEqual(1 + 2 * 160)
  expect(requests).toBeLessThan((1 + 2 * 160) * 1.3)
})

test('what did not fit beside a session so far is counted on', () => {
  const cost = { bytesPerRecord: 10, extraRequestsPerRecord: 0.5 }
  // 1,980 sessions, 192 to a span.
  expect(forecastStream('agent_session', days(66, 30), cost).requests).toBe(30 + 2 * 11 + 990)
})

test('days the vendor leaves out are days', () => {
  expect(everyDay({ fromMs: 0.5 * DAY_MS, toMs: 3 * DAY_MS }, [{ dayStartMs: DAY_MS, count: 4 }])).toEqual([
    { dayStartMs: 0, count: 0 },
    { dayStartMs: DAY_MS, count: 4 },
    { dayStartMs: 2 * DAY_MS, count: 0 },
  ])
})

test('before a source has records of its own, its counts say how long its sessions are', () => {
  expect(usualCost('agent_session', { tasks: 5_000, sessions: 100 }).extraRequestsPerRecord).toBe(2)
  expect(usualCost('task', { tasks: 5_000, sessions: 100 }).extraRequestsPerRecord).toBe(0)
})

test('busy sessions come in spans of about a hundred requests', () => {
  const cost = { bytesPerRecord: 10, extraRequestsPerRecord: 2 }
  // 480 sessions, 48 to a span: ten of two pages each, and two further requests for each session; half a quarter hour's are missing at every end.
  const { requests } = forecastStream('agent_session', days(480, 1), cost)
  expect(requests).toBeGreaterThanOrEqual(1 + 2 * 10 + 960)
  expect(requests).toBeLessThan(1 + 2 * 13 + 960)
})
