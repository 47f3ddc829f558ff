import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { forgetRemoved, removableCaptures } from '@wxcc/db/retention'
import type { ObjectStore } from '@wxcc/storage/object-store'

const FILES_AT_A_TIME = 50

/**
 * Removes the files that retention has let go, then forgets them; returns how many. A crash between leaves rows whose object is gone already, which
 * the next run removes once more without harm: at no time has an object no row.
 */
export async function removeExpired(parts: {
  readonly db: Database
  readonly objects: ObjectStore
  readonly now: Clock
}): Promise<number> {
  const { db, objects, now } = parts
  let removed = 0
  for (;;) {
    const nowMs = await now()
    const gone = await db.transaction().execute(async (tx) => {
      const captures = await removableCaptures(tx, FILES_AT_A_TIME)
      for (const { objectKey } of captures) await objects.remove(objectKey)
      await forgetRemoved(
        tx,
        captures.map(({ captureId }) => captureId),
        nowMs,
      )
      return captures.length
    })
    removed += gone
    if (gone < FILES_AT_A_TIME) return removed
  }
}
