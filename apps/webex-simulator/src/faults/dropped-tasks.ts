import type { SeenWorld } from '../seen-world.ts'
import type { SeenRecord } from '../world.ts'

/** `count` task ids spread evenly over the records, so that they fall into different windows. Deterministic. */
function chooseDropped(tasks: readonly SeenRecord[], count: number): ReadonlySet<string> {
  const chosen = Math.min(count, tasks.length)
  const step = tasks.length / Math.max(chosen, 1)
  return new Set(Array.from({ length: chosen }, (_, position) => tasks[Math.floor((position + 0.5) * step)]?.id ?? ''))
}

/** Tasks left out of raw answers, chosen from the history when told to drop. */
export interface DroppedTasks {
  readonly ids: () => ReadonlySet<string>
  /** Replaces the choice; 0 drops none. */
  readonly drop: (count: number) => void
}

export function createDroppedTasks(seen: SeenWorld, count: number): DroppedTasks {
  const choose = (wanted: number): ReadonlySet<string> =>
    wanted === 0
      ? new Set()
      : chooseDropped([...seen.world.tasks.scan(seen.world.history, seen.asOfMs(), 'oldest-first')].flat(), wanted)
  let chosen = choose(count)
  return { ids: () => chosen, drop: (wanted) => void (chosen = choose(wanted)) }
}
