import { randomFor } from './random.ts'

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Share of a day's contacts by UTC hour: a quiet night, a morning peak, a second one after lunch. */
const HOUR_WEIGHTS = [3, 2, 2, 2, 3, 6, 14, 30, 52, 68, 72, 66, 56, 58, 66, 62, 54, 44, 34, 26, 18, 12, 8, 5]
const WEIGHT_OF_DAY = HOUR_WEIGHTS.reduce((sum, weight) => sum + weight, 0)

export function contactsExpectedIn(hour: number, tasksPerDay: number): number {
  return (tasksPerDay * HOUR_WEIGHTS[((hour % 24) + 24) % 24]!) / WEIGHT_OF_DAY
}

/** Hours at which shifts begin; agents take them in turn, so that even a handful of agents covers the 24 hours. */
const SHIFT_STARTS = [8, 14, 22, 7, 9, 12, 6, 8, 15, 10, 9, 7, 0, 13, 8, 11, 16, 9, 7, 10]
const SHIFT_MS = 8 * HOUR_MS

export interface Break {
  readonly atMs: number
  readonly durationMs: number
  readonly code: 'Lunch' | 'Break' | 'Meeting' | 'Training'
  /** Leaves the seat: logs out for the break and in again afterwards. */
  readonly isLoggedOut: boolean
}

interface Shift {
  readonly fromMs: number
  readonly toMs: number
  readonly breaks: readonly Break[]
}

/** @param day whole UTC days since the epoch */
export function shiftOf(seed: number, agentIndex: number, day: number): Shift {
  const random = randomFor(seed, 'shift', agentIndex, day)
  const startHour = SHIFT_STARTS[agentIndex % SHIFT_STARTS.length]!
  const fromMs = day * DAY_MS + startHour * HOUR_MS + random.between(0, 12 * MINUTE_MS)
  const toMs = fromMs + SHIFT_MS + random.between(-6 * MINUTE_MS, 9 * MINUTE_MS)
  const breaks: Break[] = [
    {
      atMs: fromMs + random.between(95, 135) * MINUTE_MS,
      durationMs: random.between(8, 14) * MINUTE_MS,
      code: 'Break',
      isLoggedOut: false,
    },
    {
      atMs: fromMs + random.between(215, 265) * MINUTE_MS,
      durationMs: random.between(26, 34) * MINUTE_MS,
      code: 'Lunch',
      isLoggedOut: random.chance(0.25),
    },
    {
      atMs: fromMs + random.between(350, 390) * MINUTE_MS,
      durationMs: random.between(8, 14) * MINUTE_MS,
      code: 'Break',
      isLoggedOut: false,
    },
  ]
  if (random.chance(0.3)) {
    const code = random.chance(0.6) ? 'Meeting' : 'Training'
    breaks.push({
      atMs: fromMs + random.between(160, 190) * MINUTE_MS,
      durationMs: random.between(15, 30) * MINUTE_MS,
      code,
      isLoggedOut: false,
    })
  }
  return { fromMs, toMs, breaks: breaks.toSorted((a, b) => a.atMs - b.atMs) }
}
