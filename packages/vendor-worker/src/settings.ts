import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { storageSettings } from '@wxcc/storage/open-store'
import { webexSettings } from '@wxcc/webex/settings'
import { z } from 'zod'

/** What every worker that asks the vendor reads; each adds its own. */
export const vendorWorkerSettings = {
  ...processSettings,
  ...databaseSettings,
  ...sealingSettings,
  ...queueSettings,
  ...storageSettings,
  ...webexSettings,
  /** A claim nobody renewed for this long is taken over. */
  LEASE_MS: z.coerce.number().int().min(1_000).default(30_000),
}
