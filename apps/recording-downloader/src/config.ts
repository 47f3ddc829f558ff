import os from 'node:os'
import path from 'node:path'
import { vendorWorkerSettings } from '@wxcc/vendor-worker/settings'
import { z } from 'zod'

export const settings = {
  ...vendorWorkerSettings,
  /** Listings of ten tasks at a time. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(4),
  /** Files at a time, of all listings of this process together. */
  FILE_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  /** Where files wait until they are verified; each process makes a folder of its own below it. */
  SPOOL_DIR: z.string().default(path.join(os.tmpdir(), 'wxcc-spool')),
  /** Bytes on disk at a time, for this process. A longer file waits until it has the folder to itself. */
  SPOOL_MAX_BYTES: z.coerce.number().int().min(1_000_000).default(2_000_000_000),
}
