import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { buryJob } from '@wxcc/db/dead-letter'
import { type StalledFetch, takeBackMapping, takeBackQueued, takeBackRunning } from '@wxcc/db/planning/leases'
import { raiseCaptureGeneration, raiseMapGeneration } from '@wxcc/db/planning/lost-jobs'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { type Delivery, delivery, queueOf } from './delivery.ts'
import type { LostJobs } from './find-lost-jobs.ts'

/** As many as a failing job gets. A span that kills its worker eight times is news for a person. */
const MAX_ATTEMPTS = 8

/** Brings back what was left behind: expired leases and lost jobs. Returns the mapping jobs that are due; fetches wait to be admitted again. */
export async function sweep(tx: PlannerTransaction, lost: LostJobs, nowMs: number): Promise<Delivery[]> {
  const expired = { nowMs, maxAttempts: MAX_ATTEMPTS }
  const running = await takeBackRunning(tx, expired)
  const mapping = await takeBackMapping(tx, expired)
  for (const stalled of [...running.stalled, ...mapping.stalled]) await buryStalled(tx, stalled, nowMs)
  await takeBackQueued(tx, lost.queued)

  const spans = await raiseMapGeneration(tx, lost.unmapped, nowMs)
  const captures = await raiseCaptureGeneration(tx, lost.captures, nowMs)
  return [
    ...spans.map(({ fetchId, generation, traceparent, lane }) =>
      delivery(mapSpan, { fetchId, generation }, traceparent, lane),
    ),
    ...captures.map((capture) => delivery(mapTranscript, capture, null)),
  ]
}

async function buryStalled(tx: PlannerTransaction, stalled: StalledFetch, nowMs: number): Promise<void> {
  const contract = stalled.isMapping ? mapSpan : queueOf(stalled)
  const payload = { fetchId: stalled.fetchId, generation: stalled.generation }
  await buryJob(tx, {
    dataSourceId: stalled.dataSourceId,
    queue: contract.name,
    jobId: contract.jobId(payload),
    payload,
    code: 'stalled',
    attempts: stalled.attempts,
    traceId: stalled.traceparent?.split('-')[1] ?? null,
    nowMs,
  })
}
