import { textOf } from '../json.ts'
import type { RecordOf } from '../world.ts'

/** `count` task ids spread evenly over the records, so that they fall into different windows. Deterministic. */
export function chooseDropped(tasks: readonly RecordOf[], count: number): ReadonlySet<string> {
  const chosen = Math.min(count, tasks.length)
  const step = tasks.length / Math.max(chosen, 1)
  return new Set(
    Array.from({ length: chosen }, (_, position) => textOf(tasks[Math.floor((position + 0.5) * step)]?.['id'])),
  )
}
