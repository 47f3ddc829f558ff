import { DAY_MS, HOUR_MS } from './clock-units.ts'

/** A centre's day runs from 04:00 to 04:00 local time: the hour at which the fewest people call. */
const OPENS_AT_MS = 4 * HOUR_MS

/**
 * A centre's time, cut into watches: whole business days for small centres, thirds of them (from 04:00, 12:00 and 20:00) for large ones. Nobody's
 * shift runs through the end of a watch. Watches are numbered; the local calendar date and DST decide when they begin.
 */
export interface Watches {
  readonly perDay: 1 | 3
  /** Epoch ms; a watch ends where the next begins. */
  startOf(watch: number): number
  watchOf(epochMs: number): number
  /** Whole days since 1970-01-01 of the local date on which its business day began. */
  dayOf(watch: number): number
  /** Local wall-clock time of a day as an instant; hours from 24 on belong to the next date. */
  at(day: number, localMs: number): number
  /** Local hour of the clock, 0–23. */
  hourOf(epochMs: number): number
}

/** @param timeZone an IANA name */
export function createWatches(timeZone: string, perDay: Watches['perDay']): Watches {
  const offsetAt = timeZone === 'UTC' ? () => 0 : zoneOffset(timeZone)
  const lengthMs = DAY_MS / perDay
  const at = (day: number, localMs: number) => {
    const local = day * DAY_MS + localMs
    const guess = local - offsetAt(local)
    return local - offsetAt(guess)
  }
  const starts = new Map<number, number>()
  const dayOf = (watch: number) => Math.floor(watch / perDay)
  const startOf = (watch: number) => {
    let start = starts.get(watch)
    if (start === undefined) {
      start = at(dayOf(watch), OPENS_AT_MS + (watch - dayOf(watch) * perDay) * lengthMs)
      starts.set(watch, start)
    }
    return start
  }
  return {
    perDay,
    at,
    startOf,
    dayOf,
    watchOf(epochMs) {
      const guess = Math.floor((epochMs + offsetAt(epochMs) - OPENS_AT_MS) / lengthMs)
      if (epochMs < startOf(guess)) return guess - 1
      return epochMs >= startOf(guess + 1) ? guess + 1 : guess
    },
    hourOf: (epochMs) => new Date(epochMs + offsetAt(epochMs)).getUTCHours(),
  }
}

/** Local minus UTC time of an instant, ms; kept per hour, since zones change at whole hours of UTC. */
function zoneOffset(timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const known = new Map<number, number>()
  return (epochMs) => {
    const hour = Math.floor(epochMs / HOUR_MS)
    let offset = known.get(hour)
    if (offset === undefined) {
      const text = format.formatToParts(hour * HOUR_MS).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
      const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(text) ?? []
      offset = (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * (HOUR_MS / 60))
      if (known.size > 50_000) known.clear()
      known.set(hour, offset)
    }
    return offset
  }
}
