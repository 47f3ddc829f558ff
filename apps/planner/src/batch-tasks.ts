import type { DueTask } from '@wxcc/db/planning/captures'

/** The most task ids one Captures query takes. */
export const TASKS_PER_BATCH = 10

/** Due tasks, in order → batches for one listing each. The rest that fills no batch is kept back until one of it has waited for `maxWaitMs`. */
export function batchTasks(due: readonly DueTask[], nowMs: number, maxWaitMs: number): string[][] {
  const batches: string[][] = []
  for (let at = 0; at < due.length; at += TASKS_PER_BATCH) {
    const batch = due.slice(at, at + TASKS_PER_BATCH)
    const waitedMs = nowMs - Math.min(...batch.map((task) => task.dueSinceMs))
    if (batch.length < TASKS_PER_BATCH && waitedMs < maxWaitMs) break
    batches.push(batch.map((task) => task.taskId))
  }
  return batches
}
