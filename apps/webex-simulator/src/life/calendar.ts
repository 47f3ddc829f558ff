import { HOUR_MS, MINUTE_MS } from './clock-units.ts'
import type { Agent } from './org.ts'
import { randomFor } from './random.ts'
import type { Watches } from './watches.ts'

/** Share of a day's contacts by local hour: a quiet night, a morning peak, a second one after lunch. */
const HOUR_WEIGHTS = [3, 2, 2, 2, 3, 6, 14, 30, 52, 68, 72, 66, 56, 58, 66, 62, 54, 44, 34, 26, 18, 12, 8, 5]
const WEIGHT_OF_DAY = HOUR_WEIGHTS.reduce((sum, weight) => sum + weight, 0)
/** Sunday first; a week has seven days' worth. */
const WEEKDAY_WEIGHTS = [0.7, 1.2, 1.1, 1.05, 1.05, 1.05, 0.85]
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number) => (((day + 4) % 7) + 7) % 7

/** Contacts expected in an hour of a business day. @param hour 0–23, local */
export function contactsExpectedIn(day: number, hour: number, tasksPerDay: number): number {
  return (tasksPerDay * WEEKDAY_WEIGHTS[weekdayOf(day)]! * HOUR_WEIGHTS[hour]!) / WEIGHT_OF_DAY
}

/** Local hours at which shifts begin, 4 to 20; agents take them in turn, so that even a handful of agents covers most of the day. */
const SHIFT_STARTS = [8, 14, 20, 7, 9, 12, 6, 8, 15, 10, 9, 7, 4, 13, 8, 11, 16, 9, 7, 10]
const SHIFT_MS = 8 * HOUR_MS
/** Which third of the day an agent of a large centre works in, by share of its contacts. */
const WATCH_OF_AGENT = [0, 1, 0, 1, 1, 0, 1, 0, 1, 2, 0, 1, 0, 1]
/** Nobody's shift runs into the next watch. */
const LAST_HOME_BEFORE_MS = 2 * MINUTE_MS

export interface Break {
  readonly atMs: number
  readonly durationMs: number
  readonly code: 'Lunch' | 'Break' | 'Meeting' | 'Training'
  /** Leaves the seat: logs out for the break and in again afterwards. */
  readonly isLoggedOut: boolean
}

export interface Shift {
  readonly fromMs: number
  readonly toMs: number
  readonly breaks: readonly Break[]
}

/**
 * The one shift of an agent's day, of the same hours each day, so that an agent has gone home long before the next one begins; undefined when
 * it is not on this watch.
 */
export function shiftOf(seed: number, agent: Agent, watches: Watches, watch: number): Shift | undefined {
  const day = watches.dayOf(watch)
  const ofDay = watch - day * watches.perDay
  if (watches.perDay > 1 && WATCH_OF_AGENT[agent.index % WATCH_OF_AGENT.length] !== ofDay) return undefined
  const random = randomFor(seed, 'shift', agent.id, day)
  const beginsAt =
    watches.perDay > 1
      ? watches.startOf(watch)
      : watches.at(day, SHIFT_STARTS[agent.index % SHIFT_STARTS.length]! * HOUR_MS)
  const fromMs = beginsAt + random.between(0, 12 * MINUTE_MS)
  const toMs = Math.min(
    fromMs + SHIFT_MS + random.between(-6 * MINUTE_MS, 9 * MINUTE_MS),
    watches.startOf(watch + 1) - LAST_HOME_BEFORE_MS - random.between(0, 3 * MINUTE_MS),
  )
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
  return { fromMs, toMs, breaks: breaks.filter(({ atMs }) => atMs < toMs).toSorted((a, b) => a.atMs - b.atMs) }
}
