import { createHmac } from 'node:crypto'
import type { WorldEvent } from '../world.ts'
import type { Subscription } from './subscription-store.ts'

/** What goes over the wire for one event: body and headers stay the same for every attempt. */
export interface Message {
  readonly eventId: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** `comciscotimestamp` was seen as number and as text (webex-cc-api §5.3). */
export type TimestampForm = 'number' | 'text'

/**
 * CloudEvents envelope and signature headers (webex-cc-api §5.3): `source` ends in the subscription id; the signature is the lower-case hex HMAC-SHA256
 * of the raw body; only v2 has `comciscotimestamp`, its header twin and the version header. That the timestamp is the moment of the event is inferred.
 */
export function envelopeOf(
  subscription: Pick<Subscription, 'id' | 'orgId' | 'version' | 'secret' | 'resourceVersion'>,
  event: WorldEvent,
  eventId: string,
  form: TimestampForm,
): Message {
  const { id, orgId, version, secret, resourceVersion } = subscription
  const isV2 = version === 'v2'
  const body = JSON.stringify({
    id: eventId,
    specversion: '1.0',
    type: event.type,
    source: `/com/cisco/wxcc/${id}`,
    comciscoorgid: orgId,
    ...(isV2 ? { comciscotimestamp: form === 'text' ? String(event.time) : event.time } : {}),
    datacontenttype: 'application/json',
    data: event.data,
  })
  return {
    eventId,
    body,
    headers: {
      'content-type': 'application/json',
      ...(secret === null ? {} : { 'X-WebexCC-Signature': createHmac('sha256', secret).update(body).digest('hex') }),
      ...(isV2
        ? { 'X-WebExCC-Timestamp': String(event.time), 'X-WebexCC-Webhook-Version': resourceVersion ?? '' }
        : {}),
    },
  }
}
