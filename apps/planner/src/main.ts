import { checkSchema } from '@wxcc/db/check-schema'
import { connectDatabase } from '@wxcc/db/connect'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { checkRedis, producerRedis } from '@wxcc/queue/connection'
import { openQueues } from '@wxcc/queue/enqueue'
import { announceListening } from '@wxcc/runtime/announce'
import { binding } from '@wxcc/runtime/binding'
import { connecting } from '@wxcc/runtime/connecting'
import { serveHealth } from '@wxcc/runtime/health'
import { httpClock } from '@wxcc/runtime/http-clock'
import { Lifecycle } from '@wxcc/runtime/lifecycle'
import { loadConfig } from '@wxcc/runtime/load-config'
import { runMain } from '@wxcc/runtime/run-main'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { plannerSettings } from './config.ts'
import { observeLedger } from './observe-ledger.ts'
import { runTicks } from './run-ticks.ts'
import { sendAlarms } from './send-alarms.ts'
import { tick } from './tick.ts'

await runMain('planner', async () => {
  const config = loadConfig(plannerSettings, process.env)
  const log = createLogger('planner', { level: config.LOG_LEVEL })
  const life = new Lifecycle({ log, graceMs: config.STOP_GRACE_MS })
  const onError = (source: string) => (error: Error) =>
    log.warn({ event: 'connection_error', source, err: error }, 'connection error')

  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: 'wxcc-planner',
    onIdleError: onError('postgres'),
  })
  life.onStop('postgres', 'pool', () => db.destroy())
  await connecting('DATABASE_URL', () => checkSchema(db))
  await connecting('REDIS_URL', () => checkRedis(config.REDIS_URL))
  const redis = await connecting('REDIS_URL', () => producerRedis(config.REDIS_URL, onError('redis')))
  life.onStop('redis', 'connection', () => redis.quit())
  const queues = openQueues(redis, { prefix: config.QUEUE_PREFIX })
  life.onStop('redis', 'queues', () => queues.close())
  const clock = config.CLOCK_URL === undefined ? postgresClock(db) : httpClock(config.CLOCK_URL)
  await clock()

  const planner = {
    db,
    queues,
    clock,
    log,
    spanPages: config.SPAN_PAGES,
    captureWaitMs: config.CAPTURE_WAIT_MS,
    skippedMonths: new Set<string>(),
    turn: { count: 0 },
  }
  const url = config.ALARM_WEBHOOK_URL
  const tickAndTell = async () => {
    const report = await tick(planner)
    if (url !== undefined) await sendAlarms({ db, clock, log, url })
    return report
  }
  const ticks = runTicks({ tick: tickAndTell, everyMs: config.PLANNER_TICK_MS, signal: life.signal, log })
  life.onStop('jobs', 'ticks', () => ticks.ended)
  life.onStop('jobs', 'gauges', observeLedger(db, clock))

  const checks = { ticks: ticks.check, postgres: postgresClock(db), redis: () => redis.ping() }
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
