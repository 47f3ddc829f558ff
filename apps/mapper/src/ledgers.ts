import type { FetchJob } from '@wxcc/contracts/fetch-job'
import type { MapTranscriptJob } from '@wxcc/contracts/map-transcript'
import type { Database } from '@wxcc/db/connect'
import { type Claim, claimMapping, failFetch, giveBack, renewLease } from '@wxcc/db/fetch-claim'
import { type CaptureClaim, claimCapture, finishCapture, giveBackCapture } from '@wxcc/db/journey/capture-mapping'
import type { ClaimLedger } from '@wxcc/queue/claimed-job'

/** `etl.fetch`, as the queue's wrapper claims it for mapping. */
export function spanLedger(db: Database, job: FetchJob): ClaimLedger<Claim> {
  return {
    claim: (at) => claimMapping(db, { ...job, ...at }),
    renew: ({ fetchId, fence }, at) => renewLease(db, { fetchId, fence, ...at }),
    giveBack: (claim, back) => giveBack(db, { claim, ...back }),
    fail: (claim, failed) => failFetch(db, { claim, ...failed }),
    history: ({ dataSourceId, mapAttempts, firstFailedAtMs }) => ({
      dataSourceId,
      attempts: mapAttempts,
      firstFailedAtMs,
    }),
  }
}

/** `etl.capture`, likewise. It holds no lease: the mapping is one short transaction that decides for itself. */
export function captureLedger(db: Database, job: MapTranscriptJob): ClaimLedger<CaptureClaim> {
  return {
    claim: () => claimCapture(db, job),
    renew: async () => true,
    giveBack: (claim, { code, spendsAttempt }) => giveBackCapture(db, claim, { code, spendsAttempt }),
    fail: (claim, { code, nowMs }) => finishCapture(db, claim, { code, nowMs }),
    history: ({ capture }) => ({
      dataSourceId: capture.data_source_id,
      attempts: capture.map_attempts,
      firstFailedAtMs: null,
    }),
  }
}
