import { databaseSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { storageSettings } from '@wxcc/storage/open-store'
import { z } from 'zod'

export const dashboardSettings = {
  ...processSettings,
  ...databaseSettings,
  ...queueSettings,
  /** For recordings only; without it they are listed and not handed out. */
  ...storageSettings,
  /** The one log-in. There is no default, in development either. */
  DASHBOARD_USER: z.string().min(1),
  DASHBOARD_PASSWORD: z.string().min(8, { error: 'must have at least 8 characters' }),
  /** Where the vendor's webhooks arrive, behind TLS of yours; not set = no such port is opened. */
  WEBHOOK_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  WEBHOOK_HOST: z.string().default('127.0.0.1'),
  /** Every source's webhook secret is made of it; `wxcc webhooks` shows them. */
  WEBHOOK_SECRET: z
    .string()
    .transform((text, context) => {
      const key = Buffer.from(text, 'base64')
      if (key.length === 32) return key
      context.addIssue('must be 32 random bytes in base64 (openssl rand -base64 32)')
      return z.NEVER
    })
    .optional(),
  /** Lets Bull Board retry and remove jobs. A retried job claims nothing; the ledger's own retry is what counts. */
  DASHBOARD_WRITABLE: z.stringbool().default(false),
}

/** A port without a secret would take anybody's word. */
export function missingWebhookSecret(set: Readonly<Record<string, string | undefined>>) {
  return set['WEBHOOK_PORT'] !== undefined && set['WEBHOOK_SECRET'] === undefined
    ? [{ setting: 'WEBHOOK_SECRET', problem: 'is not set, but WEBHOOK_PORT is' }]
    : []
}
