import type { Orgs } from '../orgs.ts'
import { createCourier } from './courier.ts'
import type { Courier, CourierOptions, DeliveryPolicy, Progress } from './courier.ts'
import type { DeliveryFaults } from './delivery-faults.ts'
import { createDeliveryLog } from './delivery-log.ts'
import type { DeliveryLog } from './delivery-log.ts'
import type { SubscriptionStore } from './subscription-store.ts'

/** How often the simulated clock is looked at, in real ms, while somebody is subscribed; never otherwise. */
const LOOK_EVERY_MS = 200

export interface WebhookDeliveriesOptions {
  readonly orgs: Orgs
  readonly subscriptions: SubscriptionStore
  readonly policy: DeliveryPolicy
  readonly faults: DeliveryFaults
  readonly dataFor: CourierOptions['dataFor']
}

/** Sends what happens to whoever has subscribed, driven by the simulated clock. */
export interface WebhookDeliveries {
  readonly log: DeliveryLog
  faults(): DeliveryFaults
  /** Undefined for subscriptions that are not active. */
  progress(subscriptionId: string): Progress | undefined
  setFaults(faults: Partial<DeliveryFaults>): void
  /** To be called after every change of a subscription. */
  refresh(): void
  /** Ends all deliveries, those under way included. */
  close(): void
}

export function createWebhookDeliveries(options: WebhookDeliveriesOptions): WebhookDeliveries {
  const { orgs, subscriptions, policy, dataFor } = options
  const closing = new AbortController()
  const log = createDeliveryLog()
  const couriers = new Map<string, Courier>()
  let faults = options.faults
  let timer: NodeJS.Timeout | undefined

  const look = () => {
    for (const courier of couriers.values()) void courier.run()
  }

  const hire = (org: Orgs['all'][number], subscriptionId: string): Courier =>
    createCourier({
      subscriptionId,
      eventsIn: (span) => org.world.events(span),
      current: () => subscriptions.current(subscriptionId),
      deactivate(subscription) {
        subscriptions.change(subscription, { status: 'inactive' }, { by: 'system', atMs: org.seen.asOfMs() })
        refresh()
      },
      dataFor,
      nowMs: () => org.seen.asOfMs(),
      faults: () => faults,
      log,
      policy,
      closing: closing.signal,
    })

  /** One courier for each active subscription; one that was inactive begins anew, so that nothing of the time between is sent. */
  const refresh = () => {
    const active = new Map(
      orgs.all.flatMap((org) =>
        subscriptions
          .list(org.id)
          .filter(({ status }) => status === 'active')
          .map(({ id }) => [id, org] as const),
      ),
    )
    for (const id of couriers.keys()) if (!active.has(id)) couriers.delete(id)
    for (const [id, org] of active) if (!couriers.has(id)) couriers.set(id, hire(org, id))
    if (couriers.size === 0 || closing.signal.aborted) {
      clearInterval(timer)
      timer = undefined
    } else timer ??= setInterval(look, LOOK_EVERY_MS).unref()
  }

  return {
    log,
    faults: () => faults,
    progress: (subscriptionId) => couriers.get(subscriptionId)?.progress(),
    setFaults(changes) {
      faults = { ...faults, ...changes }
    },
    refresh,
    close() {
      closing.abort()
      couriers.clear()
      refresh()
    },
  }
}
