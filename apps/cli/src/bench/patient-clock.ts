import { setTimeout as sleep } from 'node:timers/promises'
import { type WantedTime, largestShare, readWantedTime } from './wanted-time.ts'

const STEP_MS = 20
/** A process that wants a processor for more of a step than this is at work. */
const AT_WORK_SHARE = 0.5
/** A step that took longer, since this process had to stand in line itself, does not become a leap. */
const LONGEST_STEP_MS = 2 * STEP_MS

export interface PatientClock {
  /** Throws what moving the clock failed with. */
  readonly stop: () => Promise<void>
}

/**
 * Moves a clock that stands still: by `speed` as long as all processes below this one wait, and as real time passes while one of them is at work or
 * stands in line for a processor. So what a minute of the clock holds does not depend on what else the machine has to do, and a page that costs
 * 100 ms costs 100 ms of the clock as well, not a hundred times that. Where the kernel does not tell who is at work, the clock always runs fast.
 */
export function runPatientClock(options: {
  readonly speed: number
  /** Moves the clock by whole milliseconds. */
  readonly advance: (ms: number) => Promise<unknown>
}): PatientClock {
  const stopping = new AbortController()
  async function run(): Promise<void> {
    let before: WantedTime = readWantedTime(process.pid)
    let beganMs = performance.now()
    while (!stopping.signal.aborted) {
      await sleep(STEP_MS, undefined, { signal: stopping.signal }).catch(() => {})
      const wanted = readWantedTime(process.pid)
      const elapsedMs = performance.now() - beganMs
      const isAtWork = largestShare(before, wanted, elapsedMs) > AT_WORK_SHARE
      before = wanted
      beganMs += elapsedMs
      await options.advance(Math.round(isAtWork ? elapsedMs : Math.min(elapsedMs, LONGEST_STEP_MS) * options.speed))
    }
  }
  const running = run()
  // Whoever stops it hears of it.
  running.catch(() => {})
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
