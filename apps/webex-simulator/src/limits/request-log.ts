import { createLastMinute } from './last-minute.ts'
import { createServedRows } from './served-rows.ts'
import type { ServedPage, ServedReport } from './served-rows.ts'

/** One request as it may be shown: no token, no query text, no link. */
export interface LoggedRequest {
  /** Epoch ms of the simulated clock. */
  readonly atMs: number
  readonly method: string
  readonly path: string
  /** Client and organization of the token; null where there is none. */
  readonly client: string | null
  readonly org: string | null
  /** Search roots whose rows were served. */
  readonly roots: readonly string[]
  readonly status: number
  /** Rows of raw Search pages. */
  readonly rows: number
  /** Of the body, before compression; null for streams. */
  readonly bytes: number | null
  /** Real milliseconds from the first byte to the last. */
  readonly ms: number
}

export interface RequestReport {
  readonly total: number
  readonly refused: number
  readonly maxInSlidingMinute: number
  readonly byEndpoint: Readonly<Record<string, number>>
  readonly byStatus: Readonly<Record<string, number>>
  /** `POST /search 200` and so on. */
  readonly byEndpointAndStatus: Readonly<Record<string, number>>
  readonly served: ServedReport
}

/** What was asked of the simulator, for benches and tests that must prove how gentle a client is. */
export interface RequestLog {
  /** A call that needs a token has come. */
  begin(endpoint: string, nowMs: number): void
  /** It was answered. */
  end(endpoint: string, status: number, pages: readonly ServedPage[]): void
  /** Remembers it among the latest. */
  note(request: LoggedRequest): void
  /** Newest first. */
  latest(count: number): readonly LoggedRequest[]
  report(): RequestReport
}

/** So many requests are remembered one by one. */
export const REMEMBERED_REQUESTS = 1000

const addTo = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)

export function createRequestLog(): RequestLog {
  const byEndpoint = new Map<string, number>()
  const byStatus = new Map<number, number>()
  const byBoth = new Map<string, number>()
  const served = createServedRows()
  const ring: LoggedRequest[] = []
  let next = 0
  const recent = createLastMinute()
  let maxInSlidingMinute = 0
  let total = 0
  return {
    begin(endpoint, nowMs) {
      total++
      addTo(byEndpoint, endpoint)
      recent.add(nowMs)
      maxInSlidingMinute = Math.max(maxInSlidingMinute, recent.count(nowMs))
    },
    end(endpoint, status, pages) {
      addTo(byStatus, status)
      addTo(byBoth, `${endpoint} ${status}`)
      served.add(pages)
    },
    note(request) {
      ring[next] = request
      next = (next + 1) % REMEMBERED_REQUESTS
    },
    latest(count) {
      const oldestFirst = [...ring.slice(next), ...ring.slice(0, next)]
      return oldestFirst.toReversed().slice(0, count)
    },
    report: () => ({
      total,
      refused: byStatus.get(429) ?? 0,
      maxInSlidingMinute,
      byEndpoint: Object.fromEntries(byEndpoint),
      byStatus: Object.fromEntries(byStatus),
      byEndpointAndStatus: Object.fromEntries(byBoth),
      served: served.report(),
    }),
  }
}
