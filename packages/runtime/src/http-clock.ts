import { ConnectionError, problemOf } from './connecting.ts'

const TIMEOUT_MS = 5_000

/**
 * A clock over HTTP, for tests and the demo: `GET url` answers `{"nowMs": 1735689600000}` (the simulator's `/_sim/clock`). `CLOCK_URL` names it.
 * Throws `ConnectionError` if it does not; a worker without a clock does nothing rather than guess.
 */
export function httpClock(url: string): () => Promise<number> {
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      const body = (await response.json()) as { readonly nowMs?: unknown } | null
      if (response.ok && typeof body?.nowMs === 'number') return body.nowMs
    } catch (error) {
      throw new ConnectionError('CLOCK_URL', problemOf(error) ?? NOT_A_CLOCK, error)
    }
    throw new ConnectionError('CLOCK_URL', NOT_A_CLOCK, undefined)
  }
}

const NOT_A_CLOCK = 'the clock did not answer {"nowMs": …}'
