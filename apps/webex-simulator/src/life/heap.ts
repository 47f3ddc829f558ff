import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Blocks of a large centre come and go by the hundred megabytes. Left alone, V8 lets its heap grow to several times what is held before it looks for
 * what is not; a process that serves a large centre trades a few microseconds per task for a heap that stays near what it holds.
 */
export interface SmallHeap {
  /** A block was lived through. */
  lived(): void
  /** So many tasks were forgotten; now and then this is the moment to collect them. */
  forgot(tasks: number): void
}

/** Collecting costs some 100 ms for the blocks that stay. */
const COLLECT_AFTER_TASKS = 8000
/** Room for new objects; V8 would take several times as much, and never give it back under load. */
const YOUNG_BYTES = 16 * 1024 * 1024

/** For the whole process, and for good. */
export function keepHeapSmall(): SmallHeap {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  let mayGrow = true
  let forgotten = 0
  return {
    lived() {
      if (!mayGrow) return
      const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
      if (young === undefined || young.space_size < YOUNG_BYTES) return
      mayGrow = false
      setFlagsFromString('--semi-space-growth-factor=1')
    },
    forgot(tasks) {
      forgotten += tasks
      if (forgotten < COLLECT_AFTER_TASKS || typeof collect !== 'function') return
      forgotten = 0
      collect()
    },
  }
}
