/** Refuses whoever tried too many wrong passwords for a while, so that guessing is slow. */
export interface FailedLogIns {
  /** Milliseconds until a next try is allowed; 0 when it is now. */
  readonly waitMs: (who: string) => number
  /** Counts a try. Before the password is looked at, or a thousand at once would all be let in. */
  readonly note: (who: string) => void
  readonly forget: (who: string) => void
}

const PERIOD_MS = 60_000
// Bounded, so that many addresses cannot fill the memory; the oldest is forgotten first.
const MAX_KNOWN = 10_000

/** `elapsedMs` is a monotonic reading (`performance.now`); this is about effort, not about the pipeline's clock. `allowed` tries a minute. */
export function createFailedLogIns(elapsedMs: () => number, allowed: number): FailedLogIns {
  const failures = new Map<string, { count: number; untilMs: number }>()
  return {
    waitMs: (who) => {
      const known = failures.get(who)
      if (known === undefined || known.count < allowed) return 0
      return Math.max(0, known.untilMs - elapsedMs())
    },
    note: (who) => {
      const known = failures.get(who)
      if (known !== undefined && elapsedMs() < known.untilMs) {
        known.count += 1
        return
      }
      failures.delete(who)
      failures.set(who, { count: 1, untilMs: elapsedMs() + PERIOD_MS })
      if (failures.size > MAX_KNOWN) failures.delete(failures.keys().next().value!)
    },
    forget: (who) => void failures.delete(who),
  }
}

/** What one guesser may have: an IPv4 address, or the /64 of an IPv6 address, which is the least a provider hands out. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (v4 !== undefined) return v4
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}
