const TIMEOUT_MS = 5_000

/**
 * A clock over HTTP, for tests and the demo: `GET url` answers `{"nowMs": 1735689600000}` (the simulator's `/_sim/clock`).
 * Throws if it does not; a worker without a clock does nothing rather than guess.
 */
export function httpClock(url: string): () => Promise<number> {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body = (await response.json()) as { readonly nowMs?: unknown } | null
    if (!response.ok || typeof body?.nowMs !== 'number') throw new Error('the clock did not answer {"nowMs": …}')
    return body.nowMs
  }
}
