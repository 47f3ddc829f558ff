import { contactsExpectedIn, HOUR_MS } from './calendar.ts'
import { randomFor } from './random.ts'

/** A contact begins. `key` names it for ever: its id and its stream of chance come from it. */
export interface Arrival {
  readonly key: string
  readonly atMs: number
}

/**
 * Poisson arrivals of one hour, ascending. Each hour has its own stream: later hours never change earlier ones.
 * @param hour whole UTC hours since the epoch
 */
export function arrivalsOf(seed: number, hour: number, tasksPerDay: number): readonly Arrival[] {
  const random = randomFor(seed, 'arrivals', hour)
  const meanGapMs = HOUR_MS / contactsExpectedIn(hour, tasksPerDay)
  const arrivals: Arrival[] = []
  let atMs = hour * HOUR_MS + random.exponential(meanGapMs)
  while (atMs < (hour + 1) * HOUR_MS) {
    arrivals.push({ key: `${hour}.${arrivals.length}`, atMs: Math.floor(atMs) })
    atMs += random.exponential(meanGapMs)
  }
  return arrivals
}
