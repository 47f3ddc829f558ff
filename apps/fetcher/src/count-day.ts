import { FatalError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { recordCensus } from '@wxcc/db/load-window'
import { countWindows } from '@wxcc/webex/count-windows'
import type { FetchWork } from './fetch-work.ts'

/** The census: the vendor's own count of one day and stream, per quarter hour, written in the transaction that ends the fetch. */
export async function countDay(claim: Claim, work: FetchWork): Promise<Outcome> {
  const { stream, fromMs, toMs } = claim
  if (stream === null || fromMs === null || toMs === null) throw new RangeError('a census has a stream and a range')
  if (stream === 'task_leg') throw new FatalError('unexpected', { detail: 'task legs are not counted yet' })
  // Before the request: a record that appears while it runs is younger than the census.
  const countedAtMs = await work.now()
  const counts = await countWindows(work.client, { stream, dayFromMs: fromMs, dayToMs: toMs })
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
  })
  return {
    kind: 'done',
    counts: { windows: counts.length, records: counts.reduce((sum, window) => sum + window.count, 0) },
  }
}
