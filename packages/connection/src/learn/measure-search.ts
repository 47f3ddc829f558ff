import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@wxcc/contracts/clock'
import { DAY_MS } from '@wxcc/contracts/window'
import type { Learned } from '@wxcc/db/learned'
import { failureCodeOf } from '@wxcc/queue/decide-failure'
import type { WebexClient } from '@wxcc/webex/client'
import { csrPage } from '@wxcc/webex/search'

/** The vendor's two candidates for the longest range (webex-cc-api §3.4). */
const YEAR_DAYS = 365
const THIRTEEN_MONTHS_DAYS = 396
/** How far back records are looked for. */
const LOOK_BACK_MS = 30 * DAY_MS
/** Records of so long ago are watched for: late ones are rarely later. */
const WATCHED_MS = 30 * 60_000

/** Asks for one record by ranges that begin and end exactly at its creation. Null: the organisation has no record to try with. */
export async function measureEdges(client: WebexClient, nowMs: number): Promise<Learned['edges']> {
  const { records } = await csrPage(client, { fromMs: nowMs - LOOK_BACK_MS, toMs: nowMs - WATCHED_MS })
  const [record] = records
  if (record === undefined) return null
  const { id, createdTime: atMs } = record
  const holds = async (fromMs: number, toMs: number) =>
    (await csrPage(client, { fromMs, toMs })).records.some((one) => one.id === id)
  const [hasFrom, hasTo] = [await holds(atMs, atMs + 1_000), await holds(atMs - 1_000, atMs)]
  if (hasFrom) return hasTo ? 'closed' : 'half-open'
  return hasTo ? 'from excluded' : 'open'
}

export async function measureSpanLimit(client: WebexClient, nowMs: number): Promise<Learned['maxSpanDays']> {
  for (const days of [THIRTEEN_MONTHS_DAYS, YEAR_DAYS]) {
    if (await isAnswered(() => csrPage(client, { fromMs: nowMs - days * DAY_MS, toMs: nowMs }))) return days
  }
  return null
}

/** Refused for what it asks; an outage is thrown on. */
async function isAnswered(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request()
    return true
  } catch (error) {
    const code = failureCodeOf(error)
    if (code === 'vendor_bad_request' || code === 'vendor_graphql_error') return false
    throw error
  }
}

/**
 * Looks at the newest tasks again and again for `watchMs` of the clock: how long after its creation each one showed that was not there at the first look.
 * As exact as the time between two looks.
 */
export async function measureSettle(
  client: WebexClient,
  watch: { readonly now: Clock; readonly watchMs: number; readonly pauseMs: number },
): Promise<Pick<Learned, 'settleMs' | 'settledRecords'>> {
  const seen = new Set<string>()
  const lagsMs: number[] = []
  const endMs = (await watch.now()) + watch.watchMs
  for (let isFirst = true; ; isFirst = false) {
    const nowMs = await watch.now()
    const { records } = await csrPage(client, { fromMs: nowMs - WATCHED_MS, toMs: nowMs })
    for (const { id, createdTime } of records) {
      if (!isFirst && !seen.has(id)) lagsMs.push(nowMs - createdTime)
      seen.add(id)
    }
    if (nowMs >= endMs) break
    await sleep(watch.pauseMs)
  }
  return { settleMs: lagsMs.length === 0 ? null : Math.max(...lagsMs), settledRecords: lagsMs.length }
}
