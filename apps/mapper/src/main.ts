import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { QUEUES } from '@wxcc/contracts/queues'
import { connectDatabase } from '@wxcc/db/connect'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { checkConsumers } from '@wxcc/queue/check-consumers'
import { checkRedis, workerRedis } from '@wxcc/queue/connection'
import { startWorker } from '@wxcc/queue/start-worker'
import { announceListening } from '@wxcc/runtime/announce'
import { connecting } from '@wxcc/runtime/connecting'
import { serveHealth } from '@wxcc/runtime/health'
import { httpClock } from '@wxcc/runtime/http-clock'
import { Lifecycle } from '@wxcc/runtime/lifecycle'
import { loadConfig } from '@wxcc/runtime/load-config'
import { runMain } from '@wxcc/runtime/run-main'
import { openStore } from '@wxcc/storage/open-store'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { mapperSettings } from './config.ts'
import { deadLetters, processors } from './processors.ts'

await runMain('mapper', async () => {
  const config = loadConfig(mapperSettings, process.env)
  const log = createLogger('mapper', { level: config.LOG_LEVEL })
  const life = new Lifecycle({ log, graceMs: config.STOP_GRACE_MS })
  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: 'wxcc-mapper',
    poolSize: 2 * config.WORKER_CONCURRENCY + 3,
    onIdleError: (err) => log.warn({ event: 'database_lost', err }, 'a database connection broke'),
  })
  life.onStop('postgres', 'pool', () => db.destroy())
  const clock = config.CLOCK_URL === undefined ? postgresClock(db) : httpClock(config.CLOCK_URL)
  await connecting('DATABASE_URL', postgresClock(db))
  const store = await openStore(config)
  await connecting('REDIS_URL', () => checkRedis(config.REDIS_URL))
  const redis = workerRedis(config.REDIS_URL, (err) => log.warn({ event: 'redis_lost', err }, 'Redis is away'))
  life.onStop('redis', 'redis', () => redis.disconnect())

  const deps = {
    db,
    clock,
    readObject: (key: string) => store.get(key),
    contactKey: config.CONTACT_KEY,
    variablesAllowed: config.VARIABLES_ALLOWED,
    leaseMs: config.LEASE_MS,
  }
  const process = processors(deps)
  checkConsumers('mapper', QUEUES, process)
  const common = {
    connection: redis,
    prefix: config.QUEUE_PREFIX,
    concurrency: config.WORKER_CONCURRENCY,
    deadLetters: deadLetters(deps),
    log,
  }
  const workers = [
    startWorker({ ...common, contract: mapSpan, process: process[mapSpan.name]! }),
    startWorker({ ...common, contract: mapTranscript, process: process[mapTranscript.name]! }),
  ]
  for (const worker of workers) life.onStop('jobs', worker.queue, worker.stop)
  await Promise.all(workers.map((worker) => worker.ready))

  const consuming = async () => {
    if (!workers.every((worker) => worker.isConsuming())) throw new Error('a worker takes no jobs')
  }
  const health = await serveHealth({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    checks: { postgres: postgresClock(db), consuming },
    isDraining: life.isDraining,
  })
  const metrics = await serveMetrics({ host: config.METRICS_HOST, port: config.METRICS_PORT })
  life.onStop('http', 'health', health.close)
  life.onStop('http', 'metrics', metrics.close)
  announceListening(log, { url: health.url, metricsUrl: metrics.url })
  await life.stopped
})
