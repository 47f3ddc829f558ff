import { expect, test } from 'vitest'
import { type RequestRate, allowedPerMinute, learnFromThrottle, paceOf } from './request-rate.ts'

const MINUTE = 60_000
const fresh: RequestRate = {
  limitPerMinute: 300,
  share: 1,
  learnedPerMinute: null,
  throttledAtMs: null,
  closedUntilMs: null,
}
const after = (rate: RequestRate, nowMs: number) => learnFromThrottle(rate, { nowMs, closedUntilMs: nowMs + 5_000 })

test('without a refusal the whole share is ours, and nothing of what is left to others', () => {
  expect(allowedPerMinute(fresh, 0)).toBe(300)
  expect(allowedPerMinute({ ...fresh, share: 0.6 }, 0)).toBe(180)
})

test('a refusal takes a fifth, which comes back in ten minutes and goes no further', () => {
  const learned = after(fresh, 0)
  expect(allowedPerMinute(learned, 0)).toBe(240)
  expect(allowedPerMinute(learned, 5 * MINUTE)).toBe(270)
  expect(allowedPerMinute(learned, 10 * MINUTE)).toBe(300)
  expect(allowedPerMinute(learned, 99 * MINUTE)).toBe(300)
  expect(allowedPerMinute(after({ ...fresh, share: 0.5 }, 0), 99 * MINUTE)).toBe(150)
})

test('many processes that meet one refusal learn once; the next minute teaches again', () => {
  const once = after(fresh, 0)
  expect(after(once, 59_999)).toEqual({ ...once, closedUntilMs: 64_999 })
  expect(after(once, MINUTE).learnedPerMinute).toBeCloseTo(0.8 * 246)
})

test('a later Retry-After wins, an earlier one changes nothing', () => {
  const once = after(fresh, 10_000)
  expect(learnFromThrottle(once, { nowMs: 11_000, closedUntilMs: 12_000 }).closedUntilMs).toBe(15_000)
  expect(learnFromThrottle(once, { nowMs: 11_000, closedUntilMs: 99_000 }).closedUntilMs).toBe(99_000)
})

test('a vendor that refuses for hours is still asked a tenth of the time', () => {
  let rate = fresh
  for (let minute = 0; minute < 300; minute++) rate = after(rate, minute * MINUTE)
  expect(allowedPerMinute(rate, 299 * MINUTE)).toBe(30)
})

test.each([300, 60, 20, 6, 1])('of %i a minute, what is kept up and the burst stay within 95 percent', (allowed) => {
  const { steadyPerMinute, burst } = paceOf(allowed)
  expect(Math.min(steadyPerMinute, burst)).toBeGreaterThanOrEqual(1)
  expect(steadyPerMinute + burst).toBeLessThanOrEqual(Math.max(2, allowed * 0.95))
})
