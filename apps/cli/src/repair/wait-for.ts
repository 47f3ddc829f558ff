import { setTimeout as sleep } from 'node:timers/promises'
import { ReadableError } from '@wxcc/runtime/readable-error'

/** Real time between two looks. */
const POLL_MS = 250
const SAY_EVERY_MS = 5_000

/**
 * Looks until `left` answers 0, saying now and then how many are left. Throws a `ReadableError` when the time is over: what was asked for goes on
 * without us.
 */
export async function waitFor(
  left: () => Promise<number>,
  options: { readonly what: string; readonly timeoutMs: number; readonly say: (line: string) => void },
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs
  let saidAt = performance.now()
  for (;;) {
    const open = await left()
    if (open === 0) return
    const now = performance.now()
    if (now >= deadline)
      throw new ReadableError(
        `${open} ${options.what} are still open; they go on without this command (are planner, fetcher and mapper running?)`,
      )
    if (now - saidAt >= SAY_EVERY_MS) {
      options.say(`waiting for ${open} ${options.what}`)
      saidAt = now
    }
    await sleep(POLL_MS)
  }
}
