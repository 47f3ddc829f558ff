import { expect, test } from 'vitest'
import { percentile95 } from './live-windows.ts'
import { readProcessLog } from './process-log.ts'
import { fullestMinute } from './vendor-log.ts'

test('the fullest minute counts its end and not its beginning, in whatever order requests are told', () => {
  expect(fullestMinute([])).toBe(0)
  expect(fullestMinute([60_000, 0])).toBe(1)
  expect(fullestMinute([59_999, 0, 200_000])).toBe(2)
  expect(fullestMinute([0, 30_000, 60_000, 61_000, 89_999])).toBe(4)
})

test('95 of 100 do not exceed the percentile; one window that was never proved shows when there are few', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile95(hundred)).toBe(95)
  expect(percentile95([1, 2, Infinity])).toBe(Infinity)
  expect(percentile95([])).toBeNaN()
})

test('every attempt that was spent counts, also of a row that came through later; waiting for the budget is none', () => {
  const log = readProcessLog()
  const lines = [
    { event: 'job_finished', outcome: 'retry', code: 'vendor_throttled' },
    { event: 'job_finished', outcome: 'done', counts: {} },
    { event: 'job_finished', outcome: 'buried', code: 'vendor_throttled' },
    { event: 'job_finished', outcome: 'skipped', reason: 'budget' },
    { event: 'ticked', durationMs: 40 },
  ]
  for (const line of lines) log.note(JSON.stringify(line))
  log.note('no JSON')
  expect([...log.attempts()]).toEqual([['vendor_throttled', 2]])
  expect(log.ticks()).toEqual([40])
  expect(log.ticks(1)).toEqual([])
})
