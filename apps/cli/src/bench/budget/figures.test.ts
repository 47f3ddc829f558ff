import { expect, test } from 'vitest'
import { percentile95 } from './live-windows.ts'
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
