import { expect, test } from 'vitest'
import { type Observed, drainRate } from './drain.ts'

const IDLE: Observed = { allowedPerMinute: 270, sent: 0, leftLying: 0, comingPerMinute: 0, observedMinutes: 15 }

test('what keeps coming takes its part of the rate, and never all of it', () => {
  expect(drainRate(IDLE)).toBe(270)
  expect(drainRate({ ...IDLE, comingPerMinute: 135 })).toBe(135)
  expect(drainRate({ ...IDLE, comingPerMinute: 1_000 })).toBe(27)
})

test('a budget nobody asked for is no sign of slow workers; one that was left over while work lay is', () => {
  expect(drainRate({ ...IDLE, sent: 270 })).toBe(270)
  // All the budget was used: what lay could not have been sent.
  expect(drainRate({ ...IDLE, sent: 4_050, leftLying: 9_000 })).toBe(270)
  // A third of it was used, and more lay than the rest would have taken.
  expect(drainRate({ ...IDLE, sent: 1_350, leftLying: 9_000 })).toBe(90)
  // One request that hangs is not all that the workers can do.
  expect(drainRate({ ...IDLE, sent: 99, leftLying: 1 })).toBeCloseTo(267.3)
  // Nobody worked: the forecast is long, and ends.
  expect(drainRate({ ...IDLE, leftLying: 9_000 })).toBe(27)
})
