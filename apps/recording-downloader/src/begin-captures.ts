import { type CaptureRow, type FoundCapture, takeCaptures } from '@wxcc/db/capture'
import { type Claim, holdFence } from '@wxcc/db/fetch-claim'
import type { CaptureWork } from './capture-work.ts'

/** The rows of found captures, in one transaction; see `takeCaptures`. Throws `FencedOff`. */
export async function beginCaptures(
  claim: Claim,
  found: readonly FoundCapture[],
  { db, now }: CaptureWork,
): Promise<(CaptureRow | undefined)[]> {
  if (found.length === 0) return []
  const nowMs = await now()
  return db.transaction().execute(async (tx) => {
    const rows = await takeCaptures(tx, { dataSourceId: claim.dataSourceId, found, nowMs })
    // Last, since the mapper may hold the tasks for a while, and nobody should wait for this row meanwhile.
    await holdFence(tx, claim)
    return rows
  })
}
