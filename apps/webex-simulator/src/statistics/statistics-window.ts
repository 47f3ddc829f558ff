import { readFromTo, readList, readNumber, RestQueryError } from '../http/rest-query.ts'
import { floorToQuarter } from '../clock.ts'
import { REST_CHANNELS } from '../tasks/rest-task.ts'
import type { RecordSource, Span } from '../world.ts'

const DAY_MS = 86_400_000
/** Contacts and logins longer than this are not looked for before a window: the longest shift with its overtime. */
const LONGEST_MS = 30 * 3_600_000

/** Window of the two statistics endpoints: rounded down to quarter hours, at most a day, cut into intervals (webex-cc-api §5.2). */
export interface StatisticsWindow extends Span {
  readonly intervalMs: number
}

type Query = Readonly<Record<string, unknown>>

/** @throws RestQueryError */
export function readStatisticsWindow(query: Query, nowMs: number): StatisticsWindow {
  const { fromMs: from, toMs: to } = readFromTo(query, nowMs)
  const fromMs = floorToQuarter(from)
  const toMs = floorToQuarter(to)
  if (toMs - fromMs > DAY_MS) throw new RestQueryError('The time between from and to should not exceed 24 hours.')
  const minutes = readNumber(query, 'interval', 15, 60, 15)
  if (![15, 30, 60].includes(minutes)) throw new RestQueryError('interval must be 15, 30 or 60.')
  return { fromMs, toMs, intervalMs: minutes * 60_000 }
}

/** At most 100 ids (§5.2). @throws RestQueryError */
export function readIds(query: Query, name: string): ReadonlySet<string> | undefined {
  const ids = readList(query, name, 100)
  return ids && new Set(ids)
}

/** @throws RestQueryError for a channel REST does not know */
export function readChannels(query: Query): ReadonlySet<string> | undefined {
  const known = Object.keys(REST_CHANNELS)
  const channels = readList(query, 'channelTypes', known.length)
  if (channels?.some((name) => !known.includes(name)))
    throw new RestQueryError(`channelTypes must be among ${known.join(', ')}.`)
  return channels && new Set(channels)
}

/** Where records have to begin that may still have something inside the span. */
export function reachBack(source: RecordSource, { fromMs, toMs }: Span): Span {
  if (!Number.isFinite(source.settlesWithinMs)) return { fromMs: 0, toMs }
  return { fromMs: Math.max(0, fromMs - Math.min(source.settlesWithinMs, LONGEST_MS)), toMs }
}

/** Start of the interval a moment lies in; undefined outside the window. */
export function intervalOf({ fromMs, toMs, intervalMs }: StatisticsWindow, atMs: number): number | undefined {
  if (atMs < fromMs || atMs >= toMs) return undefined
  return atMs - ((atMs - fromMs) % intervalMs)
}

/** Cuts a stretch at the borders of the intervals; what lies outside the window falls away. */
export function eachInterval(
  window: StatisticsWindow,
  stretch: Span,
  tell: (intervalStartMs: number, durationMs: number) => void,
): void {
  const end = Math.min(stretch.toMs, window.toMs)
  for (let at = Math.max(stretch.fromMs, window.fromMs); at < end;) {
    const start = at - ((at - window.fromMs) % window.intervalMs)
    const cut = Math.min(start + window.intervalMs, end)
    tell(start, cut - at)
    at = cut
  }
}
