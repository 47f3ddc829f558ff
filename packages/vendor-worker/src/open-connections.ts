import { checkSchema } from '@wxcc/db/check-schema'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import { connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { buryJob } from '@wxcc/db/dead-letter'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { checkRedis, producerRedis, workerRedis } from '@wxcc/queue/connection'
import type { DeadLetter } from '@wxcc/queue/dead-letter-sink'
import { openQueues } from '@wxcc/queue/enqueue'
import { connecting } from '@wxcc/runtime/connecting'
import { httpClock } from '@wxcc/runtime/http-clock'
import type { Lifecycle } from '@wxcc/runtime/lifecycle'
import { openStore, storeSettingNames } from '@wxcc/storage/open-store'
import type { Logger } from '@wxcc/telemetry/log'
import type { z } from 'zod'
import { openVendors } from './open-vendors.ts'
import type { vendorWorkerSettings } from './settings.ts'

/**
 * Opens everything the processors of `app` talk to, and registers how it is closed. Throws `ConnectionError`, which names the setting.
 */
export async function openConnections(
  app: string,
  config: z.infer<z.ZodObject<typeof vendorWorkerSettings>>,
  life: Lifecycle,
  log: Logger,
) {
  const onError = (err: Error) => log.warn({ event: 'connection_error', err }, 'connection error')

  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: `wxcc-${app}`,
    poolSize: 10,
    onIdleError: onError,
  })
  life.onStop('postgres', 'pool', () => db.destroy())
  const pingPostgres = postgresClock(db)
  await connecting('DATABASE_URL', () => checkSchema(db))
  await connecting('SECRETS_KEY', () => checkSealingKey(db, config.SECRETS_KEY))
  const now = config.CLOCK_URL === undefined ? pingPostgres : httpClock(config.CLOCK_URL)
  await now()

  await connecting('REDIS_URL', () => checkRedis(config.REDIS_URL))
  const redis = await connecting('REDIS_URL', () => producerRedis(config.REDIS_URL, onError))
  life.onStop('redis', 'producer', () => redis.disconnect())
  const connection = workerRedis(config.REDIS_URL, onError)
  life.onStop('redis', 'workers', () => connection.disconnect())
  const queues = openQueues(redis, { prefix: config.QUEUE_PREFIX })
  life.onStop('redis', 'queues', () => queues.close())

  const objects = await connecting(storeSettingNames(config), () => openStore(config))
  const credentials = openCredentials(db, config.SECRETS_KEY)
  const vendors = openVendors({
    db,
    credentials,
    redis,
    prefix: config.QUEUE_PREFIX,
    now,
    maxPageBytes: config.MAX_PAGE_BYTES,
  })
  const deadLetters = { bury: async (letter: DeadLetter) => buryJob(db, { ...letter, nowMs: await now() }) }
  const pingRedis = () => redis.ping()
  return {
    db,
    now,
    queues,
    objects,
    credentials,
    vendors,
    deadLetters,
    leaseMs: config.LEASE_MS,
    connection,
    pingPostgres,
    pingRedis,
  }
}
