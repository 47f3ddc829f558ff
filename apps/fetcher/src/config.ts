import { vendorWorkerSettings } from '@wxcc/vendor-worker/settings'
import { z } from 'zod'

export const settings = {
  ...vendorWorkerSettings,
  /** Jobs of each queue at a time. More than the budget pays for only wait. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(4),
}
