import { setImmediate } from 'node:timers/promises'
import { uuidFor } from '../life/random.ts'
import { textOf } from '../json.ts'
import type { Span, WorldEvent } from '../world.ts'
import { drawDelaysMs } from './delivery-faults.ts'
import type { DeliveryFaults } from './delivery-faults.ts'
import type { Delivery, DeliveryLog } from './delivery-log.ts'
import { envelopeOf } from './envelope.ts'
import type { Message, TimestampForm } from './envelope.ts'
import { isSuccess, sendMessage } from './send-message.ts'
import type { Subscription } from './subscription-store.ts'

export interface CourierOptions {
  readonly subscriptionId: string
  /** What happens in the organization's world, ascending. */
  readonly eventsIn: (span: Span) => Iterable<WorldEvent>
  /** The subscription as it is now; undefined once removed. */
  readonly current: () => Subscription | undefined
  /** Takes the subscription out of service after too many failures. */
  readonly deactivate: (subscription: Subscription) => void
  /** The event's data as this subscriber gets it. */
  readonly dataFor: (subscription: Subscription, event: WorldEvent) => WorldEvent['data']
  /** Simulated time up to which the world is shown, epoch ms. */
  readonly nowMs: () => number
  readonly faults: () => DeliveryFaults
  readonly log: DeliveryLog
  readonly policy: DeliveryPolicy
  readonly closing: AbortSignal
}

/** No source tells these (webex-cc-api §10); all are settings. */
export interface DeliveryPolicy {
  readonly seed: number
  /** Simulated seconds from a failed attempt to the next one, attempt by attempt; then the delivery has failed. */
  readonly retrySeconds: readonly number[]
  /** Deliveries failed in a row that make a subscription inactive. */
  readonly maxFailures: number
  readonly timestampForm: TimestampForm
}

/** A delivery with what it carries. */
interface Parcel {
  readonly delivery: Delivery
  readonly message: Message
}

/** Time is walked in steps of this, so that a jump of a day is told oldest first and never held in memory as a whole. */
const STEP_MS = 15 * 60_000

/** Carries one subscription's events, one at a time: whoever answers slowly delays nobody else. */
export interface Courier {
  /** Catches up with the clock; returns at once when it is at work already. */
  run(): Promise<void>
  progress(): Progress
}

/** How far a subscriber has been told. */
export interface Progress {
  /** Epoch ms of the simulated clock: everything up to here was sent or waits. */
  readonly toldUntilMs: number
  /** Deliveries that wait for their first or next attempt. */
  readonly waiting: number
}

export function createCourier(options: CourierOptions): Courier {
  const { subscriptionId, eventsIn, current, nowMs, log, policy, closing } = options
  const waiting: Parcel[] = []
  let toldUntilMs = nowMs()
  let isRunning = false
  let underWay = 0
  let failuresInARow = 0
  const active = () => {
    const subscription = current()
    return closing.aborted || subscription?.status !== 'active' ? undefined : subscription
  }

  const enqueue = (parcel: Parcel) => {
    const at = waiting.findLastIndex(({ delivery }) => delivery.dueMs <= parcel.delivery.dueMs)
    waiting.splice(at + 1, 0, parcel)
  }

  const take = (subscription: Subscription, event: WorldEvent) => {
    const { orgId } = subscription
    const eventId = uuidFor(orgId, 'event', event.type, event.time, JSON.stringify(event.data))
    const delays = drawDelaysMs([policy.seed, subscriptionId, eventId].join(), options.faults())
    const deliveryOf = (dueMs: number, state: Delivery['state'], isRepeat: boolean): Delivery => ({
      eventId,
      subscriptionId,
      orgId,
      type: event.type,
      taskId: textOf(event.data['taskId']) || null,
      eventTime: event.time,
      dueMs,
      state,
      isRepeat,
      attempts: [],
    })
    if (delays.length === 0) {
      log.add(deliveryOf(event.time, 'lost', false))
      log.count(orgId, 'lost')
      return
    }
    const told = { ...event, data: options.dataFor(subscription, event) }
    const message = envelopeOf(subscription, told, eventId, policy.timestampForm)
    for (const [position, delayMs] of delays.entries()) {
      const delivery = deliveryOf(event.time + delayMs, 'waiting', position > 0)
      log.add(delivery)
      enqueue({ delivery, message })
    }
  }

  const attempt = async (subscription: Subscription, { delivery, message }: Parcel) => {
    const outcome = await sendMessage(subscription.destinationUrl, message, closing)
    if (closing.aborted) return
    const atMs = nowMs()
    delivery.attempts.push({ atMs, outcome })
    log.count(subscription.orgId, 'attempts')
    if (isSuccess(outcome)) {
      failuresInARow = 0
      return settle(delivery, 'delivered')
    }
    const pauseSeconds = policy.retrySeconds[delivery.attempts.length - 1]
    if (pauseSeconds !== undefined) {
      delivery.dueMs = atMs + pauseSeconds * 1000
      return enqueue({ delivery, message })
    }
    settle(delivery, 'failed')
    failuresInARow++
    if (failuresInARow < policy.maxFailures) return
    for (const parcel of waiting.splice(0)) settle(parcel.delivery, 'dropped')
    options.deactivate(subscription)
  }

  const attemptOne = async (subscription: Subscription, parcel: Parcel) => {
    underWay = 1
    try {
      await attempt(subscription, parcel)
    } finally {
      underWay = 0
    }
  }

  const settle = (delivery: Delivery, state: Delivery['state']) => {
    delivery.state = state
    log.count(delivery.orgId, state)
  }

  /** Takes up what happened in the next step of time. @returns whether there was one */
  const walk = (subscription: Subscription): boolean => {
    const now = nowMs()
    if (toldUntilMs >= now) return false
    const untilMs = Math.min(now, toldUntilMs + STEP_MS)
    for (const event of eventsIn({ fromMs: toldUntilMs + 1, toMs: untilMs + 1 })) {
      if (subscription.eventTypes.includes(event.type)) take(subscription, event)
    }
    toldUntilMs = untilMs
    return true
  }

  const catchUp = async () => {
    for (let subscription = active(); subscription !== undefined; subscription = active()) {
      const isDue = (waiting[0]?.delivery.dueMs ?? Number.POSITIVE_INFINITY) <= toldUntilMs
      const parcel = isDue ? waiting.shift() : undefined
      if (parcel !== undefined) await attemptOne(subscription, parcel)
      else if (walk(subscription)) await setImmediate()
      else return
    }
  }

  return {
    progress: () => ({ toldUntilMs, waiting: waiting.length + underWay }),
    async run() {
      if (isRunning) return
      isRunning = true
      try {
        await catchUp()
      } finally {
        isRunning = false
      }
    },
  }
}
