export const MINUTE_MS = 60_000

/** Moments of the simulated clock within the last minute, at a constant cost each. */
export interface LastMinute {
  add(atMs: number): void
  /** How many lie in the minute that ends now, this moment included. */
  count(nowMs: number): number
  /** The oldest of them. */
  oldest(nowMs: number): number | undefined
}

/** So many forgotten moments may lie before the first one that counts. */
const MOST_FORGOTTEN = 1024

export function createLastMinute(): LastMinute {
  let moments: number[] = []
  let first = 0
  const forget = (nowMs: number) => {
    // A clock that was set back leaves moments in the future: they never were.
    while (moments.length > first && (moments.at(-1) ?? nowMs) > nowMs) moments.pop()
    while (first < moments.length && (moments[first] ?? nowMs) <= nowMs - MINUTE_MS) first++
    if (first < MOST_FORGOTTEN) return
    moments = moments.slice(first)
    first = 0
  }
  return {
    add(atMs) {
      forget(atMs)
      moments.push(atMs)
    },
    count(nowMs) {
      forget(nowMs)
      return moments.length - first
    },
    oldest(nowMs) {
      forget(nowMs)
      return moments[first]
    },
  }
}
