import { databaseSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { z } from 'zod'

export const dashboardSettings = {
  ...processSettings,
  ...databaseSettings,
  ...queueSettings,
  /** The one log-in. There is no default, in development either. */
  DASHBOARD_USER: z.string().min(1),
  DASHBOARD_PASSWORD: z.string().min(8, { error: 'must have at least 8 characters' }),
  /** Lets Bull Board retry and remove jobs. A retried job claims nothing; the ledger's own retry is what counts. */
  DASHBOARD_WRITABLE: z.stringbool().default(false),
}
