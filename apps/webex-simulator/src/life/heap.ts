import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Blocks and rows of a large centre come and go by the hundred megabytes. Left alone, V8 lets its heap grow to several times what is held before it
 * looks for what is not, and keeps what it took; a process that serves a large centre trades a little time for a heap that stays near what it holds.
 */
export interface SmallHeap {
  /** To be called where much may have become garbage: after a block, between two chunks of a scan. */
  breathe(): void
}

/** Collecting costs some 100 ms for what stays; so much growth is worth it. */
const COLLECT_AFTER_BYTES = 40 * 1024 * 1024
/** Above this the pages that became free go back to the system, too, which takes twice as long. */
const HAND_BACK_ABOVE_BYTES = 350 * 1024 * 1024
const TO_THE_LAST_PAGE = { type: 'major', execution: 'sync', flavor: 'last-resort' }
/** Room for new objects; V8 would take several times as much, and never give it back under load. */
const YOUNG_BYTES = 8 * 1024 * 1024

/** For the whole process, and for good. */
export function keepHeapSmall(): SmallHeap {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  const used = () => {
    const { used_heap_size: inside, external_memory: outside } = getHeapStatistics()
    return inside + outside
  }
  let mayGrow = true
  let usedAfterCollecting = used()
  // A collection of everything may shrink it to a megabyte; held there, half of all time would go into looking after it.
  const limitYoung = () => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
    const isSmall = young === undefined || young.space_size < YOUNG_BYTES
    if (isSmall === mayGrow) return
    mayGrow = isSmall
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  }
  return {
    breathe() {
      limitYoung()
      if (typeof collect !== 'function' || used() - usedAfterCollecting < COLLECT_AFTER_BYTES) return
      collect()
      if (process.memoryUsage.rss() > HAND_BACK_ABOVE_BYTES) collect(TO_THE_LAST_PAGE)
      usedAfterCollecting = used()
    },
  }
}
