import type { FetchJob } from '@wxcc/contracts/fetch-job'
import type { Database } from '@wxcc/db/connect'
import { type Claim, claimFetch, failFetch, giveBack, renewLease, splitFetch } from '@wxcc/db/fetch-claim'
import type { ClaimLedger } from '@wxcc/queue/claimed-job'

/** `etl.fetch`, as a claimed job sees its row. */
export function fetchLedger(db: Database, job: FetchJob): ClaimLedger<Claim> {
  return {
    claim: (at) => claimFetch(db, { ...job, ...at }),
    renew: ({ fetchId, fence }, at) => renewLease(db, { fetchId, fence, ...at }),
    giveBack: (claim, back) => giveBack(db, { claim, ...back }),
    fail: (claim, failed) => failFetch(db, { claim, ...failed }),
    async split(claim, at) {
      // Halves of a change pass would each ask for all that changed since: only ranges by time of creation can be cut.
      if (claim.kind !== 'span' || claim.reason === 'change') throw new RangeError('only spans of records can be cut')
      await db.transaction().execute((tx) => splitFetch(tx, { claim, ...at }))
    },
    history: ({ dataSourceId, attempts, firstFailedAtMs }) => ({ dataSourceId, attempts, firstFailedAtMs }),
  }
}
