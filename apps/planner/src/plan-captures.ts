import { newFetch } from '@wxcc/db/fetch-claim'
import { bookCaptures, listDueTasks, takeBackDownloads } from '@wxcc/db/planning/captures'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { batchTasks } from './batch-tasks.ts'
import type { PlannedSource } from './planned-source.ts'

/** A listing that failed, or left a capture without a time of its own, is repeated after this. */
const RETRY_MS = 5 * 60_000
const TASKS_PER_TICK = 500

/** Expected captures of ended tasks → listings of up to ten tasks each. Returns how many were planned. */
export async function planCaptures(tx: PlannerTransaction, { source, nowMs }: PlannedSource): Promise<number> {
  const { dataSourceId } = source
  await takeBackDownloads(tx, nowMs)
  const due = await listDueTasks(tx, { dataSourceId, nowMs, retryMs: RETRY_MS, limit: TASKS_PER_TICK })
  const batches = batchTasks(due, nowMs)
  for (const taskIds of batches) {
    const fetchId = await newFetch(tx, {
      dataSourceId,
      kind: 'captures',
      taskIds,
      reason: 'live',
      lane: 'audio',
      // Files come from signed links outside of the vendor's request limit; the listing is one request.
      estimatedRequests: 1,
      nowMs,
    })
    await bookCaptures(tx, { dataSourceId, taskIds, fetchId, nowMs })
  }
  return batches.length
}
