import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Blocks of a large centre come and go by the hundred megabytes. Left alone, V8 lets its heap grow to several times what is held before it looks for
 * what is not; a process that serves a large centre trades a few microseconds per task for a heap that stays near what it holds.
 */
export interface SmallHeap {
  /** So many tasks were forgotten; now and then this is the moment to collect them. */
  forgot(tasks: number): void
}

/** Collecting costs some 100 ms for the blocks that stay. */
const COLLECT_AFTER_TASKS = 8000

/** For the whole process, and for good. */
export function keepHeapSmall(): SmallHeap {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  let forgotten = 0
  return {
    forgot(tasks) {
      forgotten += tasks
      if (forgotten < COLLECT_AFTER_TASKS || typeof collect !== 'function') return
      forgotten = 0
      collect()
    },
  }
}
