import { downloadCaptures } from '@wxcc/contracts/download-captures'
import { QUEUES } from '@wxcc/contracts/queues'
import { removeExpired } from '@wxcc/erasure/remove-expired'
import { removePages } from '@wxcc/erasure/remove-pages'
import { removeErasedObjects } from '@wxcc/erasure/rewrite-pages'
import { forgetPersonal } from '@wxcc/db/retention'
import { checkConsumers } from '@wxcc/queue/check-consumers'
import { startWorker } from '@wxcc/queue/start-worker'
import { announceListening } from '@wxcc/runtime/announce'
import { binding } from '@wxcc/runtime/binding'
import { connecting } from '@wxcc/runtime/connecting'
import { serveHealth } from '@wxcc/runtime/health'
import { Lifecycle } from '@wxcc/runtime/lifecycle'
import { loadConfig } from '@wxcc/runtime/load-config'
import { runMain } from '@wxcc/runtime/run-main'
import { missingStorageSettings } from '@wxcc/storage/open-store'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { openConnections } from '@wxcc/vendor-worker/open-connections'
import { settings } from './config.ts'
import { createLimit } from './limit.ts'
import { processListing } from './processor.ts'
import { keepRemoving } from './keep-removing.ts'
import { openSpool } from './spool.ts'

// Files are written, synced and read on libuv's threads, of which there are four unless said otherwise before the first is needed.
process.env['UV_THREADPOOL_SIZE'] ??= '16'

/** Files that retention lets go may lie for a minute more; what leaves by age alone, for ten. */
const REMOVING_EVERY_MS = 60_000
const AGED_EVERY_MS = 600_000

await runMain('recording-downloader', async () => {
  const config = loadConfig(settings, process.env, missingStorageSettings)
  const log = createLogger('recording-downloader', { level: config.LOG_LEVEL })
  const life = new Lifecycle({ log, graceMs: config.STOP_GRACE_MS })
  const parts = await openConnections('recording-downloader', config, life, log)

  const spool = await connecting('SPOOL_DIR', () =>
    openSpool({ folder: config.SPOOL_DIR, maxBytes: config.SPOOL_MAX_BYTES }),
  )
  life.onStop('http', 'spool', () => spool.close())

  const processors = {
    [downloadCaptures.name]: processListing({
      ...parts,
      spool,
      fileLimit: createLimit(config.FILE_CONCURRENCY),
    }),
  }
  checkConsumers('recording-downloader', QUEUES, processors)
  const worker = startWorker({
    contract: downloadCaptures,
    connection: parts.connection,
    prefix: config.QUEUE_PREFIX,
    concurrency: config.WORKER_CONCURRENCY,
    process: processors[downloadCaptures.name]!,
    deadLetters: parts.deadLetters,
    log,
  })
  life.onStop('jobs', worker.queue, worker.stop)
  await worker.ready
  const removing = keepRemoving({
    remove: async () => {
      await removeErasedObjects(parts)
      return removeExpired(parts)
    },
    everyMs: REMOVING_EVERY_MS,
    onRemoved: (files) => log.info({ event: 'expired_removed', files }),
    onError: (err) => log.warn({ event: 'expired_not_removed', err }),
  })
  life.onStop('jobs', 'removing', removing.stop)
  const aged = keepRemoving({
    remove: async () => (await removePages(parts)) + (await forgetPersonal(parts.db, await parts.now())),
    everyMs: AGED_EVERY_MS,
    onRemoved: (items) => log.info({ event: 'aged_removed', items }),
    onError: (err) => log.warn({ event: 'aged_not_removed', err }),
  })
  life.onStop('jobs', 'aged', aged.stop)

  const consuming = async () => {
    if (!worker.isConsuming()) throw new Error('not consuming')
  }
  const checks = { postgres: parts.pingPostgres, redis: parts.pingRedis, worker: consuming }
  const health = await serveHealth({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    checks,
    isDraining: life.isDraining,
  })
  life.onStop('http', 'health', health.close)
  const metrics = await binding('METRICS', () => serveMetrics({ host: config.METRICS_HOST, port: config.METRICS_PORT }))
  life.onStop('http', 'metrics', metrics.close)
  announceListening(log, { url: health.url, metricsUrl: metrics.url })
  await life.stopped
})
