import { randomUUID } from 'node:crypto'
import type { ApiVersion } from './event-types.ts'
import type { SubscriptionBody, SubscriptionPatch } from './subscription-body.ts'

export interface Subscription {
  readonly id: string
  readonly orgId: string
  readonly version: ApiVersion
  readonly name: string
  readonly description: string | null
  readonly eventTypes: readonly string[]
  readonly destinationUrl: string
  /** Write-only: never answered, never listed. */
  readonly secret: string | null
  readonly resourceVersion: string | null
  readonly status: 'active' | 'inactive'
  /** Epoch ms, as are the other times. */
  readonly createdTime: number
  readonly createdBy: string
  readonly lastUpdatedTime: number
  readonly lastUpdatedBy: string
  /** Scheme and host by which the subscriber reaches the simulator: events that carry links need it. */
  readonly ownOrigin: string
}

/** At most so many in an organization, of both versions together (webex-cc-api §5.3; the "together" is inferred). */
export const MAX_SUBSCRIPTIONS = 20

interface Who {
  readonly by: string
  readonly atMs: number
}

/** Subscriptions of all organizations. */
export interface SubscriptionStore {
  list(orgId: string, version?: ApiVersion): readonly Subscription[]
  find(orgId: string, version: ApiVersion, id: string): Subscription | undefined
  /** Undefined when the organization has all it may have. */
  add(
    place: Pick<Subscription, 'orgId' | 'version' | 'ownOrigin'>,
    body: SubscriptionBody,
    who: Who,
  ): Subscription | undefined
  change(subscription: Subscription, patch: SubscriptionPatch, who: Who): Subscription
  remove(subscription: Subscription): void
  /** The present state of one; undefined once it is removed. */
  current(id: string): Subscription | undefined
}

export function createSubscriptionStore(): SubscriptionStore {
  const all = new Map<string, Subscription>()
  const list = (orgId: string, version?: ApiVersion) =>
    [...all.values()].filter((one) => one.orgId === orgId && (version === undefined || one.version === version))
  return {
    list,
    find(orgId, version, id) {
      const found = all.get(id)
      return found?.orgId === orgId && found.version === version ? found : undefined
    },
    add(place, body, { by, atMs }) {
      if (list(place.orgId).length >= MAX_SUBSCRIPTIONS) return undefined
      const subscription: Subscription = {
        ...place,
        id: randomUUID(),
        name: body.name,
        description: body.description ?? null,
        eventTypes: body.eventTypes,
        destinationUrl: body.destinationUrl,
        secret: body.secret ?? null,
        resourceVersion: place.version === 'v2' ? (body.resourceVersion ?? null) : null,
        status: 'active',
        createdTime: atMs,
        createdBy: by,
        lastUpdatedTime: atMs,
        lastUpdatedBy: by,
      }
      all.set(subscription.id, subscription)
      return subscription
    },
    change(subscription, patch, { by, atMs }) {
      const { orgId: _orgId, ...given } = patch
      const members = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const changed: Subscription = { ...subscription, ...members, lastUpdatedTime: atMs, lastUpdatedBy: by }
      all.set(subscription.id, changed)
      return changed
    },
    remove: ({ id }) => void all.delete(id),
    current: (id) => all.get(id),
  }
}

/** A subscription as the API answers it. */
export function answered({ version, ...one }: Subscription): object {
  const { id, name, description, eventTypes, destinationUrl } = one
  const { createdTime, createdBy, status, lastUpdatedTime, lastUpdatedBy, resourceVersion } = one
  return {
    id,
    name,
    description,
    eventTypes,
    destinationUrl,
    createdTime,
    createdBy,
    status,
    lastUpdatedTime,
    lastUpdatedBy,
    ...(version === 'v2' ? { resourceVersion } : {}),
  }
}
