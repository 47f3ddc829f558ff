import type { DueTask } from '@wxcc/db/planning/captures'

/** The most task ids one Captures query takes. */
export const TASKS_PER_BATCH = 10
/** A batch that is not full waits this long for company, since ten tasks cost the same request as one. */
const MAX_WAIT_MS = 10_000

/** Due tasks, the oldest due first → batches for one listing each. The rest that fills no batch is kept back while it is young. */
export function batchTasks(due: readonly DueTask[], nowMs: number): string[][] {
  const batches: string[][] = []
  for (let at = 0; at < due.length; at += TASKS_PER_BATCH) {
    const batch = due.slice(at, at + TASKS_PER_BATCH)
    const isYoung = nowMs - batch[0]!.dueSinceMs < MAX_WAIT_MS
    if (batch.length < TASKS_PER_BATCH && isYoung) break
    batches.push(batch.map((task) => task.taskId))
  }
  return batches
}
