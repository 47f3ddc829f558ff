import { QueryRefused } from './refusal.ts'

export const INTERVALS = ['FIFTEEN_MINUTES', 'THIRTY_MINUTES', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY'] as const
export type Interval = (typeof INTERVALS)[number]

const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
export const DAY_MS = 86_400_000

const FIXED: Readonly<Partial<Record<Interval, number>>> = {
  FIFTEEN_MINUTES: 15 * MINUTE_MS,
  THIRTY_MINUTES: 30 * MINUTE_MS,
  HOURLY: 60 * MINUTE_MS,
  DAILY: DAY_MS,
}

/** Which intervals a span may be cut into (vendor's aggregation documentation): quarter hours up to a day, hours up to seven. */
export function checkInterval(interval: Interval, spanMs: number): void {
  const position = INTERVALS.indexOf(interval)
  const finest = spanMs <= DAY_MS ? 0 : spanMs <= 7 * DAY_MS ? 1 : 3
  if (position < finest) throw new QueryRefused(`aggregationInterval ${interval} is not allowed for this span`)
}

/** Offset of local time from UTC at an instant, in ms. */
function offsetReader(timezone: string): (epochMs: number) => number {
  if (timezone === 'UTC') return () => 0
  const format = zoneFormat(timezone)
  const known = new Map<number, number>()
  return (epochMs) => {
    // Clocks change on quarter hours, nowhere else.
    const quarter = Math.floor(epochMs / QUARTER_MS)
    let offset = known.get(quarter)
    if (offset === undefined) known.set(quarter, (offset = readOffset(format, quarter * QUARTER_MS)))
    return offset
  }
}

function readOffset(format: Intl.DateTimeFormat, epochMs: number): number {
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(epochMs)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  const local = Date.UTC(year, month - 1, day, hour, minute, second)
  return local - Math.floor(epochMs / 1000) * 1000
}

function zoneFormat(timezone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new QueryRefused('aggregationInterval: unknown timezone')
  }
}

function floorLocal(localMs: number, interval: Interval): number {
  const fixed = FIXED[interval]
  if (fixed !== undefined) return Math.floor(localMs / fixed) * fixed
  const day = new Date(Math.floor(localMs / DAY_MS) * DAY_MS)
  if (interval === 'MONTHLY') return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1)
  const sinceMonday = (day.getUTCDay() + 6) % 7
  return day.getTime() - sinceMonday * DAY_MS
}

/** Start of the local interval an instant falls into, epoch ms; weeks begin on Monday. It may lie before the query's `from`, as the vendor's does. */
export function bucketer(interval: Interval, timezone = 'UTC'): (epochMs: number) => number {
  const offsetAt = offsetReader(timezone)
  return (epochMs) => {
    const offset = offsetAt(epochMs)
    const local = floorLocal(epochMs + offset, interval)
    // The offset may differ at the start of the interval (daylight saving).
    return local - offsetAt(local - offset)
  }
}
