import os from 'node:os'
import path from 'node:path'
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
  /** Listings of ten tasks at a time; the files of one listing are downloaded one after the other. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(4),
  /** Where files wait until they are verified; each process makes a folder of its own below it. */
  SPOOL_DIR: z.string().default(path.join(os.tmpdir(), 'wxcc-spool')),
  /** Bytes on disk at a time, for this process. A longer file waits until it has the folder to itself. */
  SPOOL_MAX_BYTES: z.coerce.number().int().min(1_000_000).default(2_000_000_000),
}
