/** Refuses an address for a while after too many wrong passwords, so that guessing is slow. */
export interface FailedLogIns {
  /** Milliseconds until this address may try again; 0 when it may now. */
  readonly waitMs: (address: string) => number
  readonly note: (address: string) => void
  readonly forget: (address: string) => void
}

// 10 wrong tries a minute: slow for a guesser (14,400 a day), unnoticed by a person.
const ALLOWED_FAILURES = 10
const PERIOD_MS = 60_000
// Bounded, so that many addresses cannot fill the memory; the oldest is forgotten first.
const MAX_ADDRESSES = 10_000

/** `elapsedMs` is a monotonic reading (`performance.now`); this is about effort, not about the pipeline's clock. */
export function createFailedLogIns(elapsedMs: () => number): FailedLogIns {
  const failures = new Map<string, { count: number; untilMs: number }>()
  return {
    waitMs: (address) => {
      const known = failures.get(address)
      if (known === undefined || known.count < ALLOWED_FAILURES) return 0
      return Math.max(0, known.untilMs - elapsedMs())
    },
    note: (address) => {
      const known = failures.get(address)
      if (known !== undefined && elapsedMs() < known.untilMs) {
        known.count += 1
        return
      }
      failures.delete(address)
      failures.set(address, { count: 1, untilMs: elapsedMs() + PERIOD_MS })
      if (failures.size > MAX_ADDRESSES) failures.delete(failures.keys().next().value!)
    },
    forget: (address) => void failures.delete(address),
  }
}
