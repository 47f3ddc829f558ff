import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG_READ, CONFIG_WRITE } from '../http/caller.ts'
import { EVENT_TYPES, RESOURCE_VERSIONS } from './event-types.ts'
import type { ApiVersion } from './event-types.ts'
import { faultsOfResource, readPatch, readSubscription } from './subscription-body.ts'
import { answered, MAX_SUBSCRIPTIONS } from './subscription-store.ts'
import type { Subscription, SubscriptionStore } from './subscription-store.ts'

export interface SubscriptionRoutesOptions {
  readonly subscriptions: SubscriptionStore
  readonly nowMs: () => number
  /** Whether receivers may be anywhere, instead of at a public HTTPS address only. */
  readonly mayBeLocal: boolean
  /** Told after each change, so that deliveries begin or end. */
  readonly onChange: () => void
}

/** Error body of the subscription API: `error.key` is a number, the tracking id begins with `NOTIFS_` (webex-cc-api §3.12). */
export function refuseSubscription(reply: FastifyReply, status: number, description: string): FastifyReply {
  const trackingId = `NOTIFS_${String(reply.getHeader('trackingid') ?? reply.request.id)}`
  return reply.code(status).send({ trackingId, error: { key: status, message: [{ description }] } })
}

/** Event types and subscriptions, both generations (webex-cc-api §5.3). */
export function registerSubscriptionRoutes(app: FastifyInstance, options: SubscriptionRoutesOptions): void {
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
    refuseSubscription(reply, error.statusCode ?? 500, error.message),
  )
  app.addHook('preHandler', async (request, reply) => {
    const { orgId } = request.query as { readonly orgId?: string }
    return isForeign(request, orgId) ? refuseForeign(reply) : undefined
  })
  for (const version of ['v1', 'v2'] as const) registerVersion(app, version, options)
}

const isForeign = (request: FastifyRequest, orgId: unknown) =>
  orgId !== undefined && orgId !== null && orgId !== request.caller.org.id

const refuseForeign = (reply: FastifyReply) => refuseSubscription(reply, 403, 'Access to the organization is denied.')

function registerVersion(app: FastifyInstance, version: ApiVersion, options: SubscriptionRoutesOptions): void {
  const { subscriptions, nowMs, mayBeLocal, onChange } = options
  const read = { config: { access: CONFIG_READ } }
  const write = { config: { access: CONFIG_WRITE } }
  const meta = (request: FastifyRequest) => ({ orgId: request.caller.org.id })
  const who = (request: FastifyRequest) => ({ by: request.caller.person.email, atMs: nowMs() })
  const send = (request: FastifyRequest, reply: FastifyReply, data: unknown) =>
    reply.send({ meta: meta(request), data })
  /** Runs with the subscription the path names, or refuses. */
  const withOne = (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    act: (found: Subscription) => FastifyReply,
  ) => {
    const found = subscriptions.find(request.caller.org.id, version, request.params.id)
    return found === undefined ? refuseSubscription(reply, 404, 'No such subscription.') : act(found)
  }

  app.get(`/${version}/event-types`, read, (request, reply) => {
    const resourceVersionList = version === 'v2' ? { resourceVersionList: RESOURCE_VERSIONS } : {}
    return reply.send({ meta: { ...meta(request), ...resourceVersionList }, data: EVENT_TYPES[version] })
  })

  app.get(`/${version}/subscriptions`, read, (request, reply) =>
    send(request, reply, subscriptions.list(request.caller.org.id, version).map(answered)),
  )

  app.get<{ Params: { id: string } }>(`/${version}/subscriptions/:id`, read, (request, reply) =>
    withOne(request, reply, (found) => send(request, reply, answered(found))),
  )

  app.post(`/${version}/subscriptions`, write, (request, reply) => {
    const { body, faults } = readSubscription(version, request.body, mayBeLocal)
    if (body === undefined || faults.length > 0) return refuseSubscription(reply, 400, faults.join(' '))
    if (isForeign(request, body.orgId)) return refuseForeign(reply)
    const ownOrigin = `${request.protocol}://${request.host}`
    const added = subscriptions.add({ orgId: request.caller.org.id, version, ownOrigin }, body, who(request))
    if (added === undefined)
      return refuseSubscription(reply, 400, `An organization may have ${MAX_SUBSCRIPTIONS} subscriptions.`)
    onChange()
    return send(request, reply.code(201), answered(added))
  })

  app.patch<{ Params: { id: string } }>(`/${version}/subscriptions/:id`, write, (request, reply) =>
    withOne(request, reply, (found) => {
      const { body, faults } = readPatch(version, request.body, mayBeLocal)
      if (body === undefined) return refuseSubscription(reply, 400, faults.join(' '))
      if (isForeign(request, body.orgId)) return refuseForeign(reply)
      const resourceVersion = body.resourceVersion ?? found.resourceVersion
      const wrong = version === 'v2' ? faultsOfResource(body.eventTypes ?? found.eventTypes, resourceVersion) : []
      if (wrong.length > 0) return refuseSubscription(reply, 400, wrong.join(' '))
      const changed = subscriptions.change(found, body, who(request))
      onChange()
      return send(request, reply, answered(changed))
    }),
  )

  app.delete<{ Params: { id: string } }>(`/${version}/subscriptions/:id`, write, (request, reply) =>
    withOne(request, reply, (found) => {
      subscriptions.remove(found)
      onChange()
      return reply.code(204).send()
    }),
  )
}
