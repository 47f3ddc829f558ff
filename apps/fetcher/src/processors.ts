import type { Clock } from '@wxcc/contracts/clock'
import type { QueueContract } from '@wxcc/contracts/define-queue'
import { countWindows } from '@wxcc/contracts/count-windows'
import { fetchConfiguration } from '@wxcc/contracts/fetch-configuration'
import type { FetchJob } from '@wxcc/contracts/fetch-job'
import { fetchLive } from '@wxcc/contracts/fetch-live'
import { fetchSpan as fetchSpanQueue } from '@wxcc/contracts/fetch-span'
import type { Outcome } from '@wxcc/contracts/outcome'
import type { Database } from '@wxcc/db/connect'
import type { Claim } from '@wxcc/db/fetch-claim'
import { runClaimed } from '@wxcc/queue/claimed-job'
import type { DeadLetterSink } from '@wxcc/queue/dead-letter-sink'
import type { Queues } from '@wxcc/queue/enqueue'
import type { JobContext } from '@wxcc/queue/start-worker'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { withTraceparent } from '@wxcc/telemetry/trace'
import { countDay } from './count-day.ts'
import { fetchLedger } from '@wxcc/vendor-worker/fetch-ledger'
import { fetchSpan } from './fetch-span.ts'
import type { FetchWork } from './fetch-work.ts'
import { loadConfiguration } from './load-configuration.ts'
import type { Vendors } from '@wxcc/vendor-worker/open-vendors'

/** What the fetcher does with each queue it empties. */
export const PROCESSORS: readonly (readonly [
  contract: QueueContract<FetchJob>,
  process: (claim: Claim, work: FetchWork) => Promise<Outcome>,
])[] = [
  [fetchLive, (claim, work) => (claim.kind === 'census' ? countDay : fetchSpan)(claim, work)],
  [countWindows, countDay],
  [fetchConfiguration, loadConfiguration],
  [fetchSpanQueue, fetchSpan],
]

export interface FetcherParts {
  readonly db: Database
  readonly objects: ObjectStore
  readonly queues: Queues
  readonly vendors: Vendors
  readonly deadLetters: DeadLetterSink
  readonly now: Clock
  readonly leaseMs: number
}

/** One job: claim its row, talk to its source, and let `process` finish the row. */
export function processFetch(
  contract: QueueContract<FetchJob>,
  process: (claim: Claim, work: FetchWork) => Promise<Outcome>,
  parts: FetcherParts,
): (job: FetchJob, context: JobContext) => Promise<Outcome> {
  const { db, now, vendors } = parts
  return (job, { signal, jobId, log }) =>
    runClaimed({
      queue: contract.name,
      jobId,
      payload: job,
      ledger: fetchLedger(db, job),
      now,
      leaseMs: parts.leaseMs,
      signal,
      deadLetters: parts.deadLetters,
      process: (claim, claimed) =>
        withTraceparent(claim.traceparent, () =>
          vendors.withVendor(claim, { ...claimed, log }, (vendor) =>
            process(claim, { ...parts, ...vendor, ...claimed }),
          ),
        ),
    })
}
