import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { storageSettings } from '@wxcc/storage/open-store'
import { z } from 'zod'
import type { OidcSettings } from './access/oidc.ts'

/** `https://`, or plain HTTP on this machine. */
const safeUrl = z
  .url()
  .refine(
    (text) =>
      /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]|http:\/\/(127\.0\.0\.1|localhost|\[::1\])$)/.test(
        text,
      ),
    {
      error: 'must be an https:// address, or http:// on loopback',
    },
  )

export const dashboardSettings = {
  ...processSettings,
  ...databaseSettings,
  ...queueSettings,
  /** For recordings only; without it they are listed and not handed out. */
  ...storageSettings,
  /** The first user, an operator. There is no default, in development either; others come by `wxcc users` and OIDC. */
  DASHBOARD_USER: z.string().min(1).max(60).optional(),
  DASHBOARD_PASSWORD: z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
  /** Where browsers find the board. With https:// cookies travel over TLS only. */
  DASHBOARD_URL: safeUrl.optional(),
  /** Addresses of proxies, as `10.0.0.0/8,127.0.0.1`, whose X-Forwarded-For is believed. */
  DASHBOARD_TRUSTED_PROXY: z.string().optional(),
  OIDC_ISSUER: safeUrl.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_GROUPS_CLAIM: z.string().default('groups'),
  OIDC_OPERATOR_GROUP: z.string().optional(),
  OIDC_VIEWER_GROUP: z.string().optional(),
  /** Seals what is connected at /connect; without it that page is off. */
  SECRETS_KEY: sealingSettings.SECRETS_KEY.optional(),
  /** A simulator that /connect offers beside the vendor's data centers. */
  WEBEX_SIMULATOR_URL: z.url().optional(),
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
  /** Lets operators retry and remove jobs in Bull Board. A retried job claims nothing; the ledger's own retry is what counts. */
  DASHBOARD_WRITABLE: z.stringbool().default(false),
}

/** What one setting needs of another. */
const NEEDS = {
  // A port without a secret would take anybody's word.
  WEBHOOK_PORT: ['WEBHOOK_SECRET'],
  DASHBOARD_USER: ['DASHBOARD_PASSWORD'],
  DASHBOARD_PASSWORD: ['DASHBOARD_USER'],
  OIDC_ISSUER: ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_OPERATOR_GROUP', 'DASHBOARD_URL'],
} as const

export function missingDashboardSettings(set: Readonly<Record<string, string | undefined>>) {
  return Object.entries(NEEDS).flatMap(([setting, needed]) =>
    set[setting] === undefined
      ? []
      : needed
          .filter((name) => set[name] === undefined)
          .map((name) => ({ setting: name, problem: `is not set, but ${setting} is` })),
  )
}

type Config = z.infer<z.ZodObject<typeof dashboardSettings>>

/** Undefined where `OIDC_ISSUER` is not set; what it needs was asked for at the start. */
export function oidcOf(config: Config): OidcSettings | undefined {
  if (config.OIDC_ISSUER === undefined) return undefined
  return {
    issuer: config.OIDC_ISSUER,
    clientId: config.OIDC_CLIENT_ID!,
    clientSecret: config.OIDC_CLIENT_SECRET!,
    groupsClaim: config.OIDC_GROUPS_CLAIM,
    operatorGroup: config.OIDC_OPERATOR_GROUP!,
    viewerGroup: config.OIDC_VIEWER_GROUP,
  }
}
