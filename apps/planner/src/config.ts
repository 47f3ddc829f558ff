import { databaseSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { z } from 'zod'

export const plannerSettings = {
  ...processSettings,
  ...databaseSettings,
  ...queueSettings,
  /** Pause between two looks at the ledger, real time. What is due is decided by the clock, not by this. */
  PLANNER_TICK_MS: z.coerce.number().int().min(10).max(60_000).default(1_000),
  /** Full pages of 250 records that one span may bring. */
  SPAN_PAGES: z.coerce.number().int().min(1).max(20).default(8),
  /** Where alarms about connections that end are posted (JSON, with `text`); without it log, metric and board tell of them. */
  ALARM_WEBHOOK_URL: z.url({ protocol: /^https?$/, message: 'must be an http:// or https:// address' }).optional(),
  /** How long a few tasks with captures wait until they are ten: one listing costs the same for one as for ten. */
  CAPTURE_WAIT_MS: z.coerce.number().int().min(0).default(600_000),
}
