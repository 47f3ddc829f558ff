import { simulateBlock } from './block.ts'
import type { Block, BlockOptions } from './block.ts'
import type { SmallHeap } from './heap.ts'
import type { Pod } from './org.ts'

/** Some 5 kB each with the agents' part: the busiest watch of a million a month, and a little more. */
const DEFAULT_TASKS_HELD = 22_000

/** Blocks that were looked at lately. */
export interface Blocks {
  of(pod: Pod, watch: number): Block
  /** For tests of memory. */
  tasksHeld(): number
}

/** Simulates a block when it is first looked at and forgets those longest not looked at, by the number of tasks they hold. */
export function createBlocks(
  options: BlockOptions,
  {
    maxTasksHeld = DEFAULT_TASKS_HELD,
    heap,
  }: { readonly maxTasksHeld?: number; readonly heap?: SmallHeap | undefined } = {},
): Blocks {
  const kept = new Map<string, Block>()
  let held = 0
  return {
    tasksHeld: () => held,
    of(pod, watch) {
      const key = `${pod.index}.${watch}`
      const known = kept.get(key)
      if (known !== undefined) {
        kept.delete(key)
        kept.set(key, known)
        return known
      }
      const block = simulateBlock(options, pod, watch)
      kept.set(key, block)
      held += block.tasks.length
      for (const [oldest, { tasks }] of kept) {
        if (held <= maxTasksHeld || oldest === key) break
        kept.delete(oldest)
        held -= tasks.length
      }
      heap?.breathe()
      return block
    },
  }
}
