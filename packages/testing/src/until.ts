import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for a row, a state or an event: asks `condition` until it answers something other than undefined, null or false, and returns that.
 * Fails with `what` and the last answer's error when the deadline passes.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  options?: { readonly timeoutMs?: number; readonly everyMs?: number },
): Promise<T> {
  const timeoutMs = options?.timeoutMs ?? 10_000
  const deadline = performance.now() + timeoutMs
  let cause: unknown
  for (;;) {
    try {
      const answer = await condition()
      if (answer !== undefined && answer !== null && answer !== false) return answer
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() >= deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause })
    await sleep(options?.everyMs ?? 25)
  }
}
