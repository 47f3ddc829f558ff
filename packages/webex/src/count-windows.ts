import { DAY_MS, floorToDay } from '@wxcc/contracts/window'
import type { WebexClient } from './client.ts'
import { malformed } from './failures.ts'
import { type GroupItem, type SearchPage, group, searchPage } from './search-page.ts'

/** The vendor's figures of one quarter hour; quarter hours without records are missing from the answer (webex-cc-api §3.7). */
export interface CountedWindow {
  readonly windowStartMs: number
  readonly count: number
  /** Σ `totalDuration`, ms; null for streams without one. */
  readonly sumDurationMs: number | null
  /** Latest `lastActivityTime`, epoch ms; null for streams without one. */
  readonly maxLastActivityMs: number | null
}

/** What is counted of each stream. Results come back by name and in any order (§3.7 [SMP]). */
const AGGREGATIONS = {
  task: {
    root: 'taskDetails',
    text: '{field: "id", type: count, name: "records"} {field: "totalDuration", type: sum, name: "duration"} {field: "lastActivityTime", type: max, name: "activity"}',
  },
  task_leg: { root: 'taskLegDetails', text: '{field: "id", type: count, name: "records"}' },
  agent_session: { root: 'agentSession', text: '{field: "agentSessionId", type: count, name: "records"}' },
} as const
export type CountedStream = keyof typeof AGGREGATIONS

/** What was counted, and the TrackingIds of the answers that said so. */
export interface Census<Counted> {
  readonly counts: readonly Counted[]
  readonly trackingIds: readonly string[]
}

/**
 * Counts the records of at most one day per quarter hour, in one request (`FIFTEEN_MINUTES` is allowed up to one day, §3.7 [GS]). Buckets that
 * begin outside of the range are left out: the vendor's bounds may be inclusive (§3.4).
 */
export async function countWindows(
  client: WebexClient,
  day: { readonly stream: CountedStream; readonly dayFromMs: number; readonly dayToMs: number },
): Promise<Census<CountedWindow>> {
  const { stream, dayFromMs, dayToMs } = day
  if (dayToMs - dayFromMs > DAY_MS) throw new RangeError('quarter hours are counted for one day at most')
  const { buckets, trackingIds } = await countBuckets(client, {
    stream,
    interval: 'FIFTEEN_MINUTES',
    fromMs: dayFromMs,
    toMs: dayToMs,
  })
  const counts = buckets
    .filter(({ startMs }) => startMs >= dayFromMs && startMs < dayToMs)
    .map(({ startMs, ...figures }) => ({ windowStartMs: startMs, ...figures }))
  return { counts, trackingIds }
}

/** The vendor's figures of one UTC day. */
export interface CountedDay extends Omit<CountedWindow, 'windowStartMs'> {
  readonly dayStartMs: number
}

/** The vendor's longest range (§3.11). */
export const MAX_DAYS = 365

/** Counts the records of at most `MAX_DAYS` per UTC day, in one request. The first bucket begins before `fromMs` when that is no midnight (§3.7 [SMP]). */
export async function countDays(
  client: WebexClient,
  range: { readonly stream: CountedStream; readonly fromMs: number; readonly toMs: number },
): Promise<Census<CountedDay>> {
  if (range.toMs - range.fromMs > MAX_DAYS * DAY_MS) throw new RangeError(`days are counted for ${MAX_DAYS} at most`)
  const { buckets, trackingIds } = await countBuckets(client, { ...range, interval: 'DAILY' })
  const counts = buckets
    .filter(({ startMs }) => startMs >= floorToDay(range.fromMs) && startMs < range.toMs)
    .map(({ startMs, ...figures }) => ({ dayStartMs: startMs, ...figures }))
  return { counts, trackingIds }
}

interface Bucket extends Omit<CountedWindow, 'windowStartMs'> {
  readonly startMs: number
}

async function countBuckets(
  client: WebexClient,
  asked: {
    readonly stream: CountedStream
    readonly interval: 'FIFTEEN_MINUTES' | 'DAILY'
    readonly fromMs: number
    readonly toMs: number
  },
): Promise<{ buckets: Bucket[]; trackingIds: string[] }> {
  const { root, text } = AGGREGATIONS[asked.stream]
  const counted = new Map<number, Bucket>()
  const trackingIds: string[] = []
  let cursor: string | null = null
  do {
    const page: SearchPage<GroupItem> = await searchPage(client, root, group, {
      fromMs: asked.fromMs,
      toMs: asked.toMs,
      cursor,
      arguments: `aggregations: [${text}], aggregationInterval: {interval: ${asked.interval}, timezone: "UTC"}`,
      select: 'intervalStartTime aggregation { name value }',
    })
    // A bucket that cannot be read is not an empty one.
    if (page.records.length < page.recordCount) throw malformed(`${root} buckets`)
    for (const item of page.records) counted.set(item.intervalStartTime, toBucket(item, asked.stream))
    if (page.trackingId !== null) trackingIds.push(page.trackingId)
    cursor = page.endCursor
  } while (cursor !== null)
  return { buckets: [...counted.values()].toSorted((a, b) => a.startMs - b.startMs), trackingIds }
}

function toBucket(item: GroupItem, stream: CountedStream): Bucket {
  const value = (name: string): number | null => item.aggregation.find((one) => one.name === name)?.value ?? null
  const records = value('records')
  // Values are floats, also for counts. A bucket without its count is not a bucket of zero.
  if (records === null || !Number.isInteger(records)) throw malformed(`count of ${stream}`)
  return {
    startMs: item.intervalStartTime,
    count: records,
    sumDurationMs: value('duration'),
    maxLastActivityMs: value('activity'),
  }
}
