import { contactSettings } from '@wxcc/contacts/settings'
import { databaseSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { processSettings } from '@wxcc/runtime/settings'
import { storageSettings } from '@wxcc/storage/open-store'
import { z } from 'zod'

/** All that the mapper reads from its environment. */
export const mapperSettings = {
  ...processSettings,
  ...databaseSettings,
  ...queueSettings,
  ...storageSettings,
  ...contactSettings,
  /** Names of global variables that hold no personal data and may be reported on, separated by commas. */
  VARIABLES_ALLOWED: z
    .string()
    .default('')
    .transform(
      (text) =>
        new Set(
          text
            .split(',')
            .map((name) => name.trim())
            .filter((name) => name !== ''),
        ),
    ),
  /** A mapper that died gives its fetch back after this long. */
  LEASE_MS: z.coerce.number().int().min(1_000).default(30_000),
  /** Spans at a time, each with four transcripts beside it. One keeps this process and Postgres busy: more processes help, more of this costs memory. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(1),
}
