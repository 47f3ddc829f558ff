import { DAY_MS } from '@wxcc/contracts/window'
import { expect, test } from 'vitest'
import { everyDay, forecastStream } from './forecast.ts'

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
  expect(forecastStream('agent_session', days(66, 30), cost).requests).toBe(30 + 2 * 8 + 990)
})

test('days the vendor leaves out are days', () => {
  expect(everyDay({ fromMs: 0.5 * DAY_MS, toMs: 3 * DAY_MS }, [{ dayStartMs: DAY_MS, count: 4 }])).toEqual([
    { dayStartMs: 0, count: 0 },
    { dayStartMs: DAY_MS, count: 4 },
    { dayStartMs: 2 * DAY_MS, count: 0 },
  ])
})
