/** Requests per sliding minute and client id, the vendor's documented limit (300 by default). */

export const MINUTE_MS = 60_000

export interface SlidingWindow {
  /** Seconds to wait, or 0 and the request is counted. Refused requests do not count. */
  admit(clientId: string, nowMs: number): number
}

export function createSlidingWindow(limitPerMinute: number): SlidingWindow {
  const admitted = new Map<string, number[]>()
  return {
    admit(clientId, nowMs) {
      // A clock that was set back leaves times in the future; they are dropped with those that are a minute old.
      const recent = (admitted.get(clientId) ?? []).filter((at) => at > nowMs - MINUTE_MS && at <= nowMs)
      admitted.set(clientId, recent)
      if (recent.length >= limitPerMinute) {
        return Math.max(1, Math.ceil(((recent[0] ?? nowMs) + MINUTE_MS - nowMs) / 1000))
      }
      recent.push(nowMs)
      return 0
    },
  }
}
