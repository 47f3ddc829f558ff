import { newFetch } from '@wxcc/db/fetch-claim'
import { bookCaptures, listDueTasks, takeBackDownloads } from '@wxcc/db/planning/captures'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { batchTasks } from './batch-tasks.ts'
import type { PlannedSource } from './planned-source.ts'

/** A listing that failed, or left a capture without a time of its own, is repeated after this. */
const RETRY_MS = 5 * 60_000
const TASKS_PER_TICK = 500
/** Few enough that somebody who watches does not mind, long enough for the tasks of one mapped span. */
const DEFAULT_WAIT_MS = 10_000

/**
 * Expected captures of ended tasks → listings of up to ten tasks each. Tasks that are asked for the first time are not mixed with those that are
 * asked again: their listings are `live` and `repair`, so that each can be counted. Returns how many were planned.
 */
export async function planCaptures(
  tx: PlannerTransaction,
  { source, nowMs }: PlannedSource,
  waitMs = DEFAULT_WAIT_MS,
): Promise<number> {
  const { dataSourceId } = source
  await takeBackDownloads(tx, nowMs)
  const due = await listDueTasks(tx, { dataSourceId, nowMs, retryMs: RETRY_MS, limit: TASKS_PER_TICK })
  const first = due.filter((task) => task.isFirst)
  const again = due.filter((task) => !task.isFirst)
  const listings = [
    ...batchTasks(first, nowMs, waitMs).map((taskIds) => ({ taskIds, reason: 'live' as const })),
    ...batchTasks(again, nowMs, waitMs).map((taskIds) => ({ taskIds, reason: 'repair' as const })),
  ]
  for (const { taskIds, reason } of listings) {
    const fetchId = await newFetch(tx, {
      dataSourceId,
      kind: 'captures',
      taskIds,
      reason,
      lane: 'audio',
      // Files come from signed links outside of the vendor's request limit; the listing is one request.
      estimatedRequests: 1,
      nowMs,
    })
    await bookCaptures(tx, { dataSourceId, taskIds, fetchId, nowMs })
  }
  return listings.length
}
