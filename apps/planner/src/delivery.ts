import { countWindows } from '@wxcc/contracts/count-windows'
import { downloadCaptures } from '@wxcc/contracts/download-captures'
import { fetchConfiguration } from '@wxcc/contracts/fetch-configuration'
import type { FetchJob } from '@wxcc/contracts/fetch-job'
import { fetchLive } from '@wxcc/contracts/fetch-live'
import { fetchSpan } from '@wxcc/contracts/fetch-span'
import type { QueueContract } from '@wxcc/contracts/define-queue'
import type { FetchKind, Lane } from '@wxcc/contracts/ledger'
import type { Queues } from '@wxcc/queue/enqueue'
import { withTraceparent } from '@wxcc/telemetry/trace'

const QUEUE_OF_KIND = {
  census: countWindows,
  configuration: fetchConfiguration,
  span: fetchSpan,
  captures: downloadCaptures,
} as const satisfies Record<FetchKind, QueueContract<FetchJob>>

/** Which queue carries a fetch of this kind and lane. */
export function queueOf(fetch: { readonly kind: FetchKind; readonly lane: Lane }): QueueContract<FetchJob> {
  const isLive = fetch.lane === 'live' && (fetch.kind === 'span' || fetch.kind === 'census')
  return isLive ? fetchLive : QUEUE_OF_KIND[fetch.kind]
}

/** One job to hand over after commit. */
export interface Delivery {
  readonly send: (queues: Queues) => Promise<void>
  readonly traceparent: string | null
}

export function delivery<Payload>(
  contract: QueueContract<Payload>,
  payload: Payload,
  traceparent: string | null,
  lane?: Lane,
): Delivery {
  return { send: (queues) => queues.enqueue(contract, payload, lane), traceparent }
}

/**
 * Hands jobs to Redis, each within the trace of its decision. Called after commit: dying in between leaves rows whose job is missing, which
 * the sweep finds. Throws if any job could not be handed over, after all were tried.
 */
export async function deliver(queues: Queues, deliveries: readonly Delivery[]): Promise<void> {
  const results = await Promise.allSettled(
    deliveries.map(({ send, traceparent }) => withTraceparent(traceparent, () => send(queues))),
  )
  const errors = results.filter((result) => result.status === 'rejected').map((result): unknown => result.reason)
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${deliveries.length} jobs could not be enqueued`)
}
