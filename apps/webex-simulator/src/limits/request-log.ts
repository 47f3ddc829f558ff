import { MINUTE_MS } from './sliding-window.ts'

/** What was asked of the simulator, for benches and tests that must prove how gentle a client is. */
export interface RequestLog {
  begin(endpoint: string, nowMs: number): void
  end(status: number): void
  report(): {
    readonly total: number
    readonly refused: number
    readonly maxInSlidingMinute: number
    readonly byEndpoint: Readonly<Record<string, number>>
    readonly byStatus: Readonly<Record<string, number>>
  }
}

export function createRequestLog(): RequestLog {
  const byEndpoint = new Map<string, number>()
  const byStatus = new Map<number, number>()
  let recent: number[] = []
  let maxInSlidingMinute = 0
  let total = 0
  return {
    begin(endpoint, nowMs) {
      total++
      byEndpoint.set(endpoint, (byEndpoint.get(endpoint) ?? 0) + 1)
      recent = recent.filter((at) => at > nowMs - MINUTE_MS && at <= nowMs)
      recent.push(nowMs)
      maxInSlidingMinute = Math.max(maxInSlidingMinute, recent.length)
    },
    end(status) {
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    },
    report: () => ({
      total,
      refused: byStatus.get(429) ?? 0,
      maxInSlidingMinute,
      byEndpoint: Object.fromEntries(byEndpoint),
      byStatus: Object.fromEntries(byStatus),
    }),
  }
}
