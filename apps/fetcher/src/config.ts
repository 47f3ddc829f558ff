import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { storageSettings } from '@wxcc/storage/open-store'
import { webexSettings } from '@wxcc/webex/settings'
import { z } from 'zod'

export const settings = {
  ...processSettings,
  ...databaseSettings,
  ...sealingSettings,
  ...queueSettings,
  ...storageSettings,
  ...webexSettings,
  /** A claim nobody renewed for this long is taken over. */
  LEASE_MS: z.coerce.number().int().min(1_000).default(30_000),
  /** Jobs of each queue at a time. More than the budget pays for only wait. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(4),
}
