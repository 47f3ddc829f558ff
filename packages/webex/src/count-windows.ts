import { DAY_MS } from '@wxcc/contracts/window'
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

/**
 * Counts the records of at most one day per quarter hour, in one request (`FIFTEEN_MINUTES` is allowed up to one day, §3.7 [GS]). Buckets that
 * begin outside of the range are left out: the vendor's bounds may be inclusive (§3.4).
 */
export async function countWindows(
  client: WebexClient,
  day: { readonly stream: CountedStream; readonly dayFromMs: number; readonly dayToMs: number },
): Promise<CountedWindow[]> {
  const { stream, dayFromMs, dayToMs } = day
  if (dayToMs - dayFromMs > DAY_MS) throw new RangeError('quarter hours are counted for one day at most')
  const { root, text } = AGGREGATIONS[stream]
  const counted = new Map<number, CountedWindow>()
  let cursor: string | null = null
  do {
    const page: SearchPage<GroupItem> = await searchPage(client, root, group, {
      fromMs: dayFromMs,
      toMs: dayToMs,
      cursor,
      arguments: `aggregations: [${text}], aggregationInterval: {interval: FIFTEEN_MINUTES, timezone: "UTC"}`,
      select: 'intervalStartTime aggregation { name value }',
    })
    // A bucket that cannot be read is not an empty one.
    if (page.records.length < page.recordCount) throw malformed(`${root} buckets`)
    for (const item of page.records) {
      const window = toWindow(item, stream)
      if (window.windowStartMs >= dayFromMs && window.windowStartMs < dayToMs) counted.set(window.windowStartMs, window)
    }
    cursor = page.endCursor
  } while (cursor !== null)
  return [...counted.values()].toSorted((a, b) => a.windowStartMs - b.windowStartMs)
}

function toWindow(item: GroupItem, stream: CountedStream): CountedWindow {
  const value = (name: string): number | null => item.aggregation.find((one) => one.name === name)?.value ?? null
  const records = value('records')
  // Values are floats, also for counts. A bucket without its count is not a bucket of zero.
  if (records === null || !Number.isInteger(records)) throw malformed(`count of ${stream}`)
  return {
    windowStartMs: item.intervalStartTime,
    count: records,
    sumDurationMs: value('duration'),
    maxLastActivityMs: value('activity'),
  }
}
