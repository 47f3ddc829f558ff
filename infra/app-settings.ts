import { contactSettings } from '../packages/contacts/src/settings.ts'
import { databaseSettings, sealingSettings } from '../packages/db/src/settings.ts'
import { queueSettings } from '../packages/queue/src/connection.ts'
import { missingStorageSettings, storageSettings } from '../packages/storage/src/open-store.ts'
import { dashboardSettings, missingDashboardSettings } from '../apps/dashboard/src/config.ts'
import { settings as fetcherSettings } from '../apps/fetcher/src/config.ts'
import { mapperSettings } from '../apps/mapper/src/config.ts'
import { plannerSettings } from '../apps/planner/src/config.ts'
import { settings as downloaderSettings } from '../apps/recording-downloader/src/config.ts'

/** The settings each service of docker-compose.yml reads, as its `main.ts` loads them. The simulator reads `SIM_*` in a way of its own. */
export const APP_SETTINGS = {
  planner: { shape: plannerSettings, missing: undefined },
  fetcher: { shape: fetcherSettings, missing: missingStorageSettings },
  mapper: { shape: mapperSettings, missing: missingStorageSettings },
  'recording-downloader': { shape: downloaderSettings, missing: missingStorageSettings },
  dashboard: { shape: dashboardSettings, missing: missingDashboardSettings },
  migrate: { shape: databaseSettings, missing: undefined },
  wxcc: {
    shape: {
      ...databaseSettings,
      ...sealingSettings,
      ...queueSettings,
      ...contactSettings,
      ...storageSettings,
    },
    missing: undefined,
  },
} as const

/** Settings that no one may find a value for in a file of the repository. */
export const SECRETS = [
  'SECRETS_KEY',
  'CONTACT_KEY',
  'S3_ACCESS_KEY',
  'S3_SECRET_KEY',
  'DASHBOARD_USER',
  'DASHBOARD_PASSWORD',
  'POSTGRES_PASSWORD',
  'REDIS_PASSWORD',
] as const

/** A value for every variable without which compose refuses to start. */
export const SAMPLE_SECRETS: Readonly<Record<(typeof SECRETS)[number], string>> = {
  SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
  CONTACT_KEY: Buffer.alloc(32, 2).toString('base64'),
  S3_ACCESS_KEY: 'S3RVER',
  S3_SECRET_KEY: 'S3RVER',
  DASHBOARD_USER: 'operator',
  DASHBOARD_PASSWORD: 'sample-password',
  POSTGRES_PASSWORD: 'postgrespassword',
  REDIS_PASSWORD: 'redispassword',
}
