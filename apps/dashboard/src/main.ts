import { QUEUES } from '@wxcc/contracts/queues'
import { checkSchema } from '@wxcc/db/check-schema'
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
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { dashboardSettings } from './config.ts'
import { openWatchedQueues } from './queues.ts'
import { createServer } from './server.ts'

await runMain('dashboard', async () => {
  const config = loadConfig(dashboardSettings, process.env)
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

  const server = await createServer({
    db,
    clock,
    queues: queues.all,
    operator: { user: config.DASHBOARD_USER, password: config.DASHBOARD_PASSWORD },
    isWritable: config.DASHBOARD_WRITABLE,
    isReady: async () => {
      await Promise.all([postgresClock(db)(), redis.ping()])
      return !life.isDraining()
    },
    log,
  })
  life.onStop('http', 'server', () => server.close())
  const url = await binding('HTTP', () => server.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT }))
  const metrics = await binding('METRICS', () => serveMetrics({ host: config.METRICS_HOST, port: config.METRICS_PORT }))
  life.onStop('http', 'metrics', metrics.close)
  announceListening(log, { url, metricsUrl: metrics.url })
  await life.stopped
})
