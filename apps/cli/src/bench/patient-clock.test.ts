import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { runPatientClock } from './patient-clock.ts'
import { readWantedTime } from './wanted-time.ts'

const SPEED = 1_000
/** A step of the fast clock is at least its shortest nap long. */
const FAST_MS = 19 * SPEED

/** The steps of a clock as they come, each taken when it is asked for. */
function stepsOf() {
  let taken = Promise.withResolvers<number>()
  return {
    advance: async (ms: number) => {
      taken.resolve(ms)
      taken = Promise.withResolvers()
    },
    until: async (isIt: (ms: number) => boolean) => {
      for (;;) if (isIt(await taken.promise)) return
    },
  }
}

test('the clock runs fast while all processes wait, and with real time while one is at work', async () => {
  const child = spawn(
    process.execPath,
    ['-e', 'process.stdin.once("data", () => { for (;;); }); console.log("waits")'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  await once(child.stdout, 'data')
  const steps = stepsOf()
  const clock = runPatientClock({ speed: SPEED, advance: steps.advance })
  try {
    await steps.until((ms) => ms >= FAST_MS)
    // Where the kernel does not tell who is at work, it never slows down.
    if (readWantedTime(process.pid).size > 0) {
      child.stdin.write('work\n')
      await steps.until((ms) => ms < FAST_MS)
    }
    child.kill('SIGKILL')
    await steps.until((ms) => ms >= FAST_MS)
  } finally {
    child.kill('SIGKILL')
    await clock.stop()
  }
  expect(child.killed).toBe(true)
})

test('whoever stops the clock hears why it could not be moved', async () => {
  const clock = runPatientClock({ speed: SPEED, advance: () => Promise.reject(new Error('gone')) })
  await expect(clock.stop()).rejects.toThrow('gone')
})
