import { vendorWorkerSettings } from '@wxcc/vendor-worker/settings'
import { z } from 'zod'

export const settings = {
  ...vendorWorkerSettings,
  /** Jobs of each queue at a time. More than the budget pays for only wait. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(4),
  /** Pause between two looks at whose refresh token should be refreshed though nobody needs it, real time. */
  KEEP_ALIVE_MS: z.coerce.number().int().min(50).default(60_000),
}
