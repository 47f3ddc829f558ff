import { setFlagsFromString } from 'node:v8'
import { checkSchema } from '@wxcc/db/check-schema'
import { connectDatabase } from '@wxcc/db/connect'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { checkRedis, workerRedis } from '@wxcc/queue/connection'
import { announceListening } from '@wxcc/runtime/announce'
import { binding } from '@wxcc/runtime/binding'
import { connecting } from '@wxcc/runtime/connecting'
import { serveHealth } from '@wxcc/runtime/health'
import { httpClock } from '@wxcc/runtime/http-clock'
import { Lifecycle } from '@wxcc/runtime/lifecycle'
import { loadConfig } from '@wxcc/runtime/load-config'
import { runMain } from '@wxcc/runtime/run-main'
import { missingStorageSettings, openStore, storeSettingNames } from '@wxcc/storage/open-store'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { mapperSettings } from './config.ts'
import { startWorkers, TRANSCRIPTS_PER_SPAN } from './start-workers.ts'

// Pages come and go by the megabyte: left alone, V8 lets the heap grow to several times what is alive before it looks (pnpm bench mapper: a third
// of the process, for a tenth of the speed). A worker's size is what a platform team pays for.
setFlagsFromString('--heap-growing-percent=70')

await runMain('mapper', async () => {
  const config = loadConfig(mapperSettings, process.env, missingStorageSettings)
  const log = createLogger('mapper', { level: config.LOG_LEVEL })
  const life = new Lifecycle({ log, graceMs: config.STOP_GRACE_MS })
  const [concurrency, prefix] = [config.WORKER_CONCURRENCY, config.QUEUE_PREFIX]
  const onIdleError = (err: Error) => log.warn({ event: 'database_lost', err }, 'a database connection broke')
  // A span holds two transactions and asks for members beside them, a transcript holds one, and leases are renewed meanwhile.
  const poolSize = concurrency * (4 + TRANSCRIPTS_PER_SPAN) + 2
  const db = connectDatabase({ url: config.DATABASE_URL, applicationName: 'wxcc-mapper', poolSize, onIdleError })
  life.onStop('postgres', 'pool', () => db.destroy())
  await connecting('DATABASE_URL', () => checkSchema(db))
  await connecting('REDIS_URL', () => checkRedis(config.REDIS_URL))
  const connection = workerRedis(config.REDIS_URL, (err) => log.warn({ event: 'redis_lost', err }, 'Redis is away'))
  life.onStop('redis', 'redis', () => connection.disconnect())

  const store = await connecting(storeSettingNames(config), () => openStore(config))
  const clock = config.CLOCK_URL === undefined ? postgresClock(db) : httpClock(config.CLOCK_URL)
  await clock()
  const deps = {
    db,
    clock,
    objects: store,
    contactKey: config.CONTACT_KEY,
    variablesAllowed: config.VARIABLES_ALLOWED,
    leaseMs: config.LEASE_MS,
  }
  const workers = await startWorkers(deps, { connection, prefix, concurrency, log })
  for (const worker of workers) life.onStop('jobs', worker.queue, worker.stop)
  const consuming = async () => {
    if (!workers.every((worker) => worker.isConsuming())) throw new Error('a worker takes no jobs')
  }

  const checks = { postgres: postgresClock(db), consuming }
  const { isDraining } = life
  const health = await serveHealth({ host: config.HTTP_HOST, port: config.HTTP_PORT, checks, isDraining })
  const metrics = await binding('METRICS', () => serveMetrics({ host: config.METRICS_HOST, port: config.METRICS_PORT }))
  life.onStop('http', 'health', health.close)
  life.onStop('http', 'metrics', metrics.close)
  announceListening(log, { url: health.url, metricsUrl: metrics.url })
  await life.stopped
})
