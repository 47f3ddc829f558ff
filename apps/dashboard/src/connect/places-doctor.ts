import type { Finding } from '@wxcc/connection/check'
import { checkPostgres, checkRedisSettings, checkStore } from '@wxcc/connection/check-places'
import type { Database } from '@wxcc/db/connect'
import { type StorageSettings, missingStorageSettings } from '@wxcc/storage/open-store'

/** The doctor's look at what lies around the sources; the object store where the dashboard knows one. */
export function placesDoctor(
  db: Database,
  settings: StorageSettings & { readonly REDIS_URL: string },
): () => Promise<Finding[]> {
  return async () => [
    ...(await checkPostgres(db)),
    ...(await checkRedisSettings(settings.REDIS_URL)),
    ...(missingStorageSettings(settings).length === 0 ? await checkStore(settings) : []),
  ]
}
