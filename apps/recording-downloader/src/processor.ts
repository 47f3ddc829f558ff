import type { Clock } from '@wxcc/contracts/clock'
import { downloadCaptures as contract } from '@wxcc/contracts/download-captures'
import type { FetchJob } from '@wxcc/contracts/fetch-job'
import type { Outcome } from '@wxcc/contracts/outcome'
import type { Database } from '@wxcc/db/connect'
import { runClaimed } from '@wxcc/queue/claimed-job'
import type { DeadLetterSink } from '@wxcc/queue/dead-letter-sink'
import type { Queues } from '@wxcc/queue/enqueue'
import type { JobContext } from '@wxcc/queue/start-worker'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { withTraceparent } from '@wxcc/telemetry/trace'
import { downloadCaptures } from './download-captures.ts'
import { fetchLedger } from '@wxcc/vendor-worker/fetch-ledger'
import type { Vendors } from '@wxcc/vendor-worker/open-vendors'
import type { Limit } from './limit.ts'
import type { Spool } from './spool.ts'

export interface DownloaderParts {
  readonly db: Database
  readonly objects: ObjectStore
  readonly queues: Queues
  readonly spool: Spool
  readonly fileLimit: Limit
  readonly vendors: Vendors
  readonly deadLetters: DeadLetterSink
  readonly now: Clock
  readonly leaseMs: number
}

/** One job: claim its row, talk to its source, store what is missing. */
export function processListing(parts: DownloaderParts): (job: FetchJob, context: JobContext) => Promise<Outcome> {
  return (job, { signal, jobId, log }) =>
    runClaimed({
      queue: contract.name,
      jobId,
      payload: job,
      ledger: fetchLedger(parts.db, job),
      now: parts.now,
      leaseMs: parts.leaseMs,
      signal,
      deadLetters: parts.deadLetters,
      process: (claim, claimed) =>
        withTraceparent(claim.traceparent, () =>
          parts.vendors.withVendor(claim, { ...claimed, log }, (vendor) =>
            downloadCaptures(claim, { ...parts, ...vendor, ...claimed }),
          ),
        ),
    })
}
