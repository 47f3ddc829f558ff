/** Requests per sliding minute and client id, the vendor's documented limit (300 by default; webex-cc-api §3.11). */
import { createLastMinute, MINUTE_MS } from './last-minute.ts'
import type { LastMinute } from './last-minute.ts'

/** A client's standing, for whoever watches. */
export interface ClientMinute {
  readonly clientId: string
  /** Calls admitted in the minute up to now. */
  readonly admitted: number
  /** Calls refused since the start. */
  readonly refused: number
}

export interface SlidingWindow {
  readonly limitPerMinute: number
  /** Seconds to wait, or 0 and the request is counted. Refused requests do not count. */
  admit(clientId: string, nowMs: number): number
  clients(nowMs: number): readonly ClientMinute[]
}

export function createSlidingWindow(limitPerMinute: number): SlidingWindow {
  const clients = new Map<string, { readonly admitted: LastMinute; refused: number }>()
  const clientOf = (clientId: string) => {
    const client = clients.get(clientId) ?? { admitted: createLastMinute(), refused: 0 }
    clients.set(clientId, client)
    return client
  }
  return {
    limitPerMinute,
    admit(clientId, nowMs) {
      const client = clientOf(clientId)
      if (client.admitted.count(nowMs) >= limitPerMinute) {
        client.refused++
        return Math.max(1, Math.ceil(((client.admitted.oldest(nowMs) ?? nowMs) + MINUTE_MS - nowMs) / 1000))
      }
      client.admitted.add(nowMs)
      return 0
    },
    clients: (nowMs) =>
      [...clients].map(([clientId, { admitted, refused }]) => ({ clientId, admitted: admitted.count(nowMs), refused })),
  }
}
