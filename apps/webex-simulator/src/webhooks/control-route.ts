import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { refuse } from '../http/envelopes.ts'
import type { Orgs } from '../orgs.ts'
import { answered } from './subscription-store.ts'
import type { SubscriptionStore } from './subscription-store.ts'
import type { WebhookDeliveries } from './webhook-deliveries.ts'

/** How many deliveries are shown, the newest ones. */
const latestSchema = z.object({ latest: z.coerce.number().int().min(0).catch(2000).default(2000) })

const share = z.number().min(0).max(1)
const faultsSchema = z.strictObject({
  loss: share.optional(),
  doubles: share.optional(),
  shuffleSeconds: z.number().min(0).optional(),
})

export interface WebhookControlOptions {
  readonly orgs: Orgs
  readonly subscriptions: SubscriptionStore
  readonly deliveries: WebhookDeliveries
}

/**
 * `/_sim/webhooks`: who has subscribed (never a secret), what was sent, how often and how it went; `POST` sets how unreliable deliveries are from now
 * on. `?org=` when there are several organizations, `?latest=` for fewer deliveries.
 */
export function registerWebhookControl(
  app: FastifyInstance,
  { orgs, subscriptions, deliveries }: WebhookControlOptions,
): void {
  app.get<{ Querystring: { org?: string } }>('/_sim/webhooks', (request, reply) => {
    const { latest } = latestSchema.parse(request.query)
    const org = request.query.org === undefined ? orgs.all[0] : orgs.find(request.query.org)
    if (org === undefined) return refuse(reply, 404, 'no such organization')
    return reply.send({
      subscriptions: subscriptions.list(org.id).map((one) => ({
        apiVersion: one.version,
        ...answered(one),
        progress: deliveries.progress(one.id) ?? null,
      })),
      faults: deliveries.faults(),
      counts: deliveries.log.counts(org.id),
      deliveries: latest === 0 ? [] : deliveries.log.list(org.id).slice(-latest),
    })
  })

  app.post('/_sim/webhooks', (request, reply) => {
    const parsed = faultsSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, parsed.error.issues.map((issue) => issue.message).join(' '))
    const given = Object.entries(parsed.data).filter(([, value]) => value !== undefined)
    deliveries.setFaults(Object.fromEntries(given))
    return reply.send(deliveries.faults())
  })
}
