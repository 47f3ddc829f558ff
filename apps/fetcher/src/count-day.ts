import { type FailureCode, FatalError, RetryableError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { confirmTaskLegs } from '@wxcc/db/data-source'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { recordCensus } from '@wxcc/db/load-window'
import { type CountedWindow, countWindows } from '@wxcc/webex/count-windows'
import type { FetchWork } from './fetch-work.ts'

/** The census: the vendor's own count of one day and stream, per quarter hour, written in the transaction that ends the fetch. */
export async function countDay(claim: Claim, work: FetchWork): Promise<Outcome> {
  const { stream, fromMs, toMs } = claim
  if (stream === null || fromMs === null || toMs === null) throw new RangeError('a census has a stream and a range')
  const isAsking = stream === 'task_leg' && work.source.taskLegs === 'ask'
  // Before the request: a record that appears while it runs is younger than the census.
  const countedAtMs = await work.now()
  const day = { stream, dayFromMs: fromMs, dayToMs: toMs }
  const counts = await (isAsking ? countIfAny(work, day) : countWindows(work.client, day))
  const nowMs = await work.now()
  await work.db.transaction().execute(async (tx) => {
    await finishFetch(tx, { claim, to: 'done', nowMs, requests: work.requests() })
    await recordCensus(tx, {
      dataSourceId: claim.dataSourceId,
      stream,
      dayFromMs: fromMs,
      dayToMs: toMs,
      countedAtMs,
      counts,
    })
    if (isAsking && counts.some(({ count }) => count > 0)) await confirmTaskLegs(tx, claim.dataSourceId)
  })
  return {
    kind: 'done',
    counts: { windows: counts.length, records: counts.reduce((sum, window) => sum + window.count, 0) },
  }
}

/** How the vendor may say that an organisation has no such records; which of them it says is not documented (webex-cc-api §3.10.5). */
const REFUSALS: ReadonlySet<FailureCode> = new Set([
  'vendor_graphql_error',
  'vendor_bad_request',
  'vendor_forbidden',
  'vendor_not_found',
])

/** A refusal counts as none: it must not stop a source whose other records are served. */
async function countIfAny(work: FetchWork, day: Parameters<typeof countWindows>[1]): Promise<CountedWindow[]> {
  try {
    return await countWindows(work.client, day)
  } catch (error) {
    if ((error instanceof FatalError || error instanceof RetryableError) && REFUSALS.has(error.code)) return []
    throw error
  }
}
