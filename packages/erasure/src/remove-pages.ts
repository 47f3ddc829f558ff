import type { Clock } from '@wxcc/contracts/clock'
import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import { forgetPages, removablePages } from '@wxcc/db/retention'
import type { ObjectStore } from '@wxcc/storage/object-store'

const PAGES_AT_A_TIME = 200

/** Removes the objects of pages that are older than their source keeps them, then says so in their rows; returns how many. A crash between repeats. */
export async function removePages(parts: {
  readonly db: Database
  readonly objects: ObjectStore
  readonly now: Clock
}): Promise<number> {
  let removed = 0
  for (const { dataSourceId, retention } of await listSources(parts.db)) {
    if (retention.pages !== null) removed += await removePagesOf(parts, dataSourceId, retention.pages)
  }
  return removed
}

async function removePagesOf(
  { db, objects, now }: Parameters<typeof removePages>[0],
  dataSourceId: number,
  days: number,
): Promise<number> {
  let removed = 0
  for (;;) {
    const nowMs = await now()
    const cutoffMs = floorToWindow(nowMs - days * DAY_MS)
    const gone = await db.transaction().execute(async (tx) => {
      const pages = await removablePages(tx, { dataSourceId, cutoffMs, limit: PAGES_AT_A_TIME })
      for (const { objectKey } of pages) await objects.remove(objectKey)
      await forgetPages(
        tx,
        pages.map(({ rawPageId }) => rawPageId),
        nowMs,
      )
      return pages.length
    })
    removed += gone
    if (gone < PAGES_AT_A_TIME) return removed
  }
}
