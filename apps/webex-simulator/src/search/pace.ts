import { setImmediate } from 'node:timers/promises'

/** Longest stretch one query works before others may. */
const STRETCH_MS = 20

/** Lets a long scan give way: `if (pace.isDue()) await pace.rest()`. */
export interface Pace {
  isDue(): boolean
  rest(): Promise<void>
}

export function createPace(): Pace {
  let sinceMs = performance.now()
  return {
    isDue: () => performance.now() - sinceMs > STRETCH_MS,
    async rest() {
      await setImmediate()
      sinceMs = performance.now()
    },
  }
}
