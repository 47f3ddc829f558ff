/** One sending of one event to one subscriber, and how it went. */
export interface Delivery {
  readonly eventId: string
  readonly subscriptionId: string
  readonly orgId: string
  readonly type: string
  readonly taskId: string | null
  /** When it happened in the world, and when it is (next) sent; epoch ms of the simulated clock. */
  readonly eventTime: number
  dueMs: number
  state: 'waiting' | 'delivered' | 'failed' | 'lost' | 'dropped'
  readonly isRepeat: boolean
  readonly attempts: Attempt[]
}

export interface Attempt {
  /** Epoch ms of the simulated clock. */
  readonly atMs: number
  /** HTTP status, or why there was none: `timeout`, `unreachable`. */
  readonly outcome: number | 'timeout' | 'unreachable'
}

const KEPT = 2000

/** The latest deliveries, for whoever compares what was sent with what arrived. */
export interface DeliveryLog {
  add(delivery: Delivery): void
  list(orgId: string): readonly Delivery[]
  counts(orgId: string): Readonly<Record<string, number>>
  count(orgId: string, what: Delivery['state'] | 'attempts'): void
}

export function createDeliveryLog(): DeliveryLog {
  let kept: Delivery[] = []
  const counts = new Map<string, Map<string, number>>()
  return {
    add(delivery) {
      kept.push(delivery)
      if (kept.length > 2 * KEPT) kept = kept.slice(-KEPT)
    },
    list: (orgId) => kept.filter((delivery) => delivery.orgId === orgId).slice(-KEPT),
    counts: (orgId) => Object.fromEntries(counts.get(orgId) ?? []),
    count(orgId, what) {
      const own = counts.get(orgId) ?? new Map<string, number>()
      counts.set(orgId, own.set(what, (own.get(what) ?? 0) + 1))
    },
  }
}
