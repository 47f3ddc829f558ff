import { QUEUES } from '@wxcc/contracts/queues'
import { endSettingsSessions } from '@wxcc/db/board-session'
import { checkSchema } from '@wxcc/db/check-schema'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import { connectDatabase } from '@wxcc/db/connect'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { checkRedis, producerRedis } from '@wxcc/queue/connection'
import { announceListening } from '@wxcc/runtime/announce'
import { binding } from '@wxcc/runtime/binding'
import { connecting } from '@wxcc/runtime/connecting'
import { httpClock } from '@wxcc/runtime/http-clock'
import { Lifecycle } from '@wxcc/runtime/lifecycle'
import { loadConfig } from '@wxcc/runtime/load-config'
import { runMain } from '@wxcc/runtime/run-main'
import { type StorageSettings, missingStorageSettings, openStore } from '@wxcc/storage/open-store'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { createOidc } from './access/oidc.ts'
import { dashboardSettings, missingDashboardSettings, oidcOf } from './config.ts'
import { placesDoctor } from './connect/places-doctor.ts'
import { openWatchedQueues } from './queues.ts'
import { createServer } from './server.ts'
import { createWebhookServer } from './webhooks/serve-webhooks.ts'

await runMain('dashboard', async () => {
  const config = loadConfig(dashboardSettings, process.env, missingDashboardSettings)
  const log = createLogger('dashboard', { level: config.LOG_LEVEL })
  const life = new Lifecycle({ log, graceMs: config.STOP_GRACE_MS })
  const onError = (source: string) => (error: Error) =>
    log.warn({ event: 'connection_error', source, err: error }, 'connection error')

  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: 'dashboard',
    onIdleError: onError('postgres'),
  })
  life.onStop('postgres', 'pool', () => db.destroy())
  await connecting('DATABASE_URL', () => checkSchema(db))
  await connecting('REDIS_URL', () => checkRedis(config.REDIS_URL))
  const redis = await connecting('REDIS_URL', () => producerRedis(config.REDIS_URL, onError('redis')))
  life.onStop('redis', 'connection', () => redis.quit())
  const queues = openWatchedQueues(QUEUES, redis, config.QUEUE_PREFIX)
  life.onStop('redis', 'queues', queues.close)
  const clock = config.CLOCK_URL === undefined ? postgresClock(db) : httpClock(config.CLOCK_URL)
  await clock()

  const { DASHBOARD_USER: user, DASHBOARD_PASSWORD: password, SECRETS_KEY: sealingKey } = config
  const oidc = oidcOf(config)
  await endSettingsSessions(db)
  if (sealingKey !== undefined) await connecting('SECRETS_KEY', () => checkSealingKey(db, sealingKey))
  const server = await createServer({
    db,
    clock,
    wallClock: postgresClock(db),
    queues: queues.all,
    settingsUser: user === undefined || password === undefined ? undefined : { user, password },
    oidc: oidc === undefined ? undefined : createOidc(oidc),
    publicUrl: config.DASHBOARD_URL,
    trustedProxy: config.DASHBOARD_TRUSTED_PROXY,
    connect:
      sealingKey === undefined
        ? undefined
        : { sealingKey, clock, simulatorUrl: config.WEBEX_SIMULATOR_URL, checkPlaces: placesDoctor(db, config) },
    isWritable: config.DASHBOARD_WRITABLE,
    isReady: async () => {
      await Promise.all([postgresClock(db)(), redis.ping()])
      return !life.isDraining()
    },
    log,
    openObjects: missingStorageSettings(config).length === 0 ? onceOpened(config) : undefined,
  })
  life.onStop('http', 'server', () => server.close())
  const url = await binding('HTTP', () => server.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT }))
  const { WEBHOOK_PORT: webhookPort, WEBHOOK_HOST: webhookHost, WEBHOOK_SECRET: master } = config
  if (webhookPort !== undefined && master !== undefined) {
    const webhooks = createWebhookServer({ db, clock, log, master })
    life.onStop('http', 'webhooks', () => webhooks.close())
    const webhookUrl = await binding('WEBHOOK', () => webhooks.listen({ host: webhookHost, port: webhookPort }))
    log.info({ event: 'webhooks_listening', port: Number(new URL(webhookUrl).port) }, 'listening for webhooks')
  }
  const metrics = await binding('METRICS', () => serveMetrics({ host: config.METRICS_HOST, port: config.METRICS_PORT }))
  life.onStop('http', 'metrics', metrics.close)
  announceListening(log, { url, metricsUrl: metrics.url })
  await life.stopped
})

/** The store, opened when it is first needed and again after that failed. Its bucket is the workers' business. */
function onceOpened(settings: StorageSettings) {
  let opened: ReturnType<typeof openStore> | undefined
  return () => {
    opened ??= openStore({
      ...settings,
      S3_CREATE_BUCKET: false,
      S3_ENCRYPTION: undefined,
      S3_LOCK_DAYS: undefined,
      S3_EXPIRE_DAYS: undefined,
    }).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
}
