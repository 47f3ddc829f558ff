import type { FastifyInstance } from 'fastify'
import type { Orgs } from '../orgs.ts'
import type { Settings } from '../settings.ts'
import { registerWebhookControl } from './control-route.ts'
import type { CourierOptions } from './courier.ts'
import { registerSubscriptionRoutes } from './subscription-routes.ts'
import { createSubscriptionStore } from './subscription-store.ts'
import { createWebhookDeliveries } from './webhook-deliveries.ts'

export interface WebhooksOptions {
  readonly orgs: Orgs
  readonly settings: Settings
  readonly nowMs: () => number
  readonly dataFor: CourierOptions['dataFor']
}

/** Subscriptions with their deliveries, over routes of the vendor and of ours. */
export interface Webhooks {
  registerRoutes(app: FastifyInstance): void
  registerControl(app: FastifyInstance): void
  close(): void
}

export function openWebhooks({ orgs, settings, nowMs, dataFor }: WebhooksOptions): Webhooks {
  const subscriptions = createSubscriptionStore()
  const deliveries = createWebhookDeliveries({
    orgs,
    subscriptions,
    dataFor,
    policy: {
      seed: settings.SIM_SEED,
      retrySeconds: settings.SIM_WEBHOOK_RETRY_SECONDS,
      maxFailures: settings.SIM_WEBHOOK_MAX_FAILURES,
      timestampForm: settings.SIM_WEBHOOK_TIMESTAMP,
    },
    faults: {
      loss: settings.SIM_WEBHOOK_LOSS,
      doubles: settings.SIM_WEBHOOK_DOUBLES,
      shuffleSeconds: settings.SIM_WEBHOOK_SHUFFLE_SECONDS,
    },
  })
  return {
    registerRoutes: (app) =>
      registerSubscriptionRoutes(app, {
        subscriptions,
        nowMs,
        mayBeLocal: settings.SIM_WEBHOOK_LOCAL,
        onChange: () => deliveries.refresh(),
      }),
    registerControl: (app) => registerWebhookControl(app, { orgs, subscriptions, deliveries }),
    close: () => deliveries.close(),
  }
}
