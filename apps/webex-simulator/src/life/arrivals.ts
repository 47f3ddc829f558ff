import type { Span } from '../world.ts'
import { contactsExpectedIn } from './calendar.ts'
import { HOUR_MS } from './clock-units.ts'
import { randomFor } from './random.ts'
import type { Watches } from './watches.ts'

/** A contact begins: where it stands in its pod's life. Its id and its streams of chance come from these four. */
export interface Arrival {
  readonly pod: number
  readonly watch: number
  /** Hours since the watch began, 0–24. */
  readonly hour: number
  /** Position within the hour. */
  readonly ordinal: number
  /** Epoch ms. */
  readonly atMs: number
}

export interface ArrivalsOptions {
  readonly seed: number
  readonly watches: Watches
  /** Of one pod. */
  readonly tasksPerDay: number
  /** Nothing arrives before, epoch ms. */
  readonly openingMs: number
}

/** When an hour of a watch begins and ends; the last may be empty in spring, and there is one more in autumn. */
export function hourSpan(watches: Watches, watch: number, hour: number): Span {
  const end = watches.startOf(watch + 1)
  const fromMs = Math.min(watches.startOf(watch) + hour * HOUR_MS, end)
  return { fromMs, toMs: Math.min(fromMs + HOUR_MS, end) }
}

/** A day of 25 hours, in autumn. */
export const hoursOfLongestWatch = ({ perDay }: Watches) => 24 / perDay + 1

/** Poisson arrivals of one hour of a watch at one pod, ascending. Each hour has its own stream: nothing else is needed to know them. */
export function arrivalsOf(options: ArrivalsOptions, pod: number, watch: number, hour: number): readonly Arrival[] {
  const { watches } = options
  const { fromMs, toMs } = hourSpan(watches, watch, hour)
  if (fromMs >= toMs || toMs <= options.openingMs) return []
  const expected = contactsExpectedIn(watches.dayOf(watch), watches.hourOf(fromMs), options.tasksPerDay)
  if (expected === 0) return []
  const random = randomFor(options.seed, 'arrivals', pod, watch, hour)
  const meanGapMs = HOUR_MS / expected
  const arrivals: Arrival[] = []
  let ordinal = 0
  for (let at = fromMs + random.exponential(meanGapMs); at < toMs; at += random.exponential(meanGapMs)) {
    const atMs = Math.floor(at)
    if (atMs >= options.openingMs) arrivals.push({ pod, watch, hour, ordinal, atMs })
    ordinal++
  }
  return arrivals
}

/** Names a contact for ever. */
export const arrivalKey = ({ pod, watch, hour, ordinal }: Arrival) => `${pod}.${watch}.${hour}.${ordinal}`
