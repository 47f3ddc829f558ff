import { QUEUES } from '@wxcc/contracts/queues'
import { runKeepAlive } from '@wxcc/connection/keep-alive'
import { checkConsumers } from '@wxcc/queue/check-consumers'
import { startWorker } from '@wxcc/queue/start-worker'
import { announceListening } from '@wxcc/runtime/announce'
import { binding } from '@wxcc/runtime/binding'
import { serveHealth } from '@wxcc/runtime/health'
import { Lifecycle } from '@wxcc/runtime/lifecycle'
import { loadConfig } from '@wxcc/runtime/load-config'
import { runMain } from '@wxcc/runtime/run-main'
import { missingStorageSettings } from '@wxcc/storage/open-store'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { openConnections } from '@wxcc/vendor-worker/open-connections'
import { settings } from './config.ts'
import { PROCESSORS, processFetch } from './processors.ts'

await runMain('fetcher', async () => {
  const config = loadConfig(settings, process.env, missingStorageSettings)
  checkConsumers('fetcher', QUEUES, Object.fromEntries(PROCESSORS.map(([contract, work]) => [contract.name, work])))
  const log = createLogger('fetcher', { level: config.LOG_LEVEL })
  const life = new Lifecycle({ log, graceMs: config.STOP_GRACE_MS })
  const parts = await openConnections('fetcher', config, life, log)

  const workers = PROCESSORS.map(([contract, work]) =>
    startWorker({
      contract,
      connection: parts.connection,
      prefix: config.QUEUE_PREFIX,
      concurrency: config.WORKER_CONCURRENCY,
      process: processFetch(contract, work, parts),
      deadLetters: parts.deadLetters,
      log,
    }),
  )
  for (const worker of workers) life.onStop('jobs', worker.queue, worker.stop)
  await Promise.all(workers.map((worker) => worker.ready))

  const consuming = async () => {
    if (!workers.every((worker) => worker.isConsuming())) throw new Error('not consuming')
  }
  const checks = { postgres: parts.pingPostgres, redis: parts.pingRedis, workers: consuming }
  const health = await serveHealth({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    checks,
    isDraining: life.isDraining,
  })
  life.onStop('http', 'health', health.close)
  const metrics = await binding('METRICS', () => serveMetrics({ host: config.METRICS_HOST, port: config.METRICS_PORT }))
  life.onStop('http', 'metrics', metrics.close)
  // Last: a start that fails later would end it in the middle of its first look.
  const keeping = runKeepAlive({ ...parts, everyMs: config.KEEP_ALIVE_MS, signal: life.signal, log })
  life.onStop('jobs', 'connections', () => keeping)
  announceListening(log, { url: health.url, metricsUrl: metrics.url })
  await life.stopped
})
