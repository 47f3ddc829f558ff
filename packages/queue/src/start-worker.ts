/**
 * The life of a failure
 *
 * A job runs once in BullMQ (`attempts: 1`). When its processor throws, the ledger row is seen to first, by `runClaimed`: given back with a
 * `not_before`, or ended as `failed` behind a dead letter. Only then does the job end as failed here, with its code alone, for the board.
 * The planner finds the row again when it is due and enqueues it under the next generation; nothing is retried out of Redis, and a retry
 * pressed on the board claims nothing.
 *
 * A payload that does not parse was made by another version: it is buried as `payload_invalid`, and its content is not logged.
 *
 * A worker that dies takes nothing with it: its jobs lose their lock, stall and are delivered again, and the claim on the ledger decides
 * whether there is anything left to do. A job that stalls more often than allowed fails without any processor knowing; the `failed` event
 * buries it as `stalled`. Its row comes back when the lease runs out.
 *
 * On shutdown no job is taken any more, those in hand get their grace, then their signal: `runClaimed` gives their rows back.
 */
import type { QueueContract } from '@wxcc/contracts/define-queue'
import { FatalError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import type { Logger } from '@wxcc/telemetry/log'
import { countJob } from '@wxcc/telemetry/metrics'
import { activeTraceId } from '@wxcc/telemetry/trace'
import { type Job, WaitingError, Worker } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import type { Redis } from 'ioredis'
import type { DeadLetter, DeadLetterSink } from './dead-letter-sink.ts'
import { failureCodeOf } from './decide-failure.ts'
import { JobFailed } from './job-failed.ts'

/** Kills are ordinary: with BullMQ's default of 1 the second one would end the job for good. */
const MAX_STALLED = 5

export interface JobContext {
  /** Aborted when the grace of a shutdown is over. */
  readonly signal: AbortSignal
  readonly jobId: string
  /** Carries queue and job id. */
  readonly log: Logger
}

export interface RunningWorker {
  readonly queue: string
  /** Resolves when it listens. */
  readonly ready: Promise<void>
  /** False from the moment it takes no more jobs, or while Redis is away. */
  readonly isConsuming: () => boolean
  /** Takes no more jobs, waits for those in hand, aborts them after `graceMs`. Twice is harmless. */
  readonly stop: (grace: { readonly graceMs: number }) => Promise<void>
}

/** Empties one queue. `connection` is a `workerRedis`; it stays open for whoever opened it. */
export function startWorker<Payload>(options: {
  readonly contract: QueueContract<Payload>
  readonly connection: Redis
  readonly prefix: string
  readonly concurrency: number
  readonly process: (payload: Payload, context: JobContext) => Promise<Outcome>
  readonly deadLetters: DeadLetterSink
  readonly log: Logger
  /** How soon a dead worker's jobs are delivered again: lock, then the next check. Tests shorten them. */
  readonly lockDurationMs?: number
  readonly stalledIntervalMs?: number
  /** How often a job may lose its worker before it is buried. */
  readonly maxStalledCount?: number
}): RunningWorker {
  const { contract, deadLetters } = options
  const queue = contract.name

  const worker = new Worker<unknown, Outcome>(queue, run, {
    connection: options.connection,
    prefix: options.prefix,
    concurrency: options.concurrency,
    lockDuration: options.lockDurationMs ?? 60_000,
    stalledInterval: options.stalledIntervalMs ?? 30_000,
    maxStalledCount: options.maxStalledCount ?? MAX_STALLED,
    telemetry: new BullMQOtel({ tracerName: 'wxcc', meterName: 'wxcc' }),
  })
  const buryings = new Set<Promise<void>>()
  worker.on('error', (error) => options.log.warn({ event: 'queue_error', queue, err: error }, 'queue error'))
  worker.on('failed', (job, error) => {
    if (job === undefined || job.finishedOn === undefined || error instanceof JobFailed) return
    const burying = buryStalled(job).finally(() => buryings.delete(burying))
    buryings.add(burying)
  })

  async function run(job: Job<unknown, Outcome>, token?: string, signal?: AbortSignal): Promise<Outcome> {
    const jobId = job.id ?? 'unknown'
    const log = options.log.child({ queue, jobId })
    const startedAt = performance.now()
    const finished = (outcome: string, fields: object, level: 'info' | 'warn' | 'error') => {
      const durationMs = Math.round(performance.now() - startedAt)
      countJob({ queue, outcome, durationMs })
      log[level]({ event: 'job_finished', outcome, durationMs, ...fields }, 'job finished')
    }

    const parsed = contract.payload.safeParse(job.data)
    if (!parsed.success) {
      await deadLetters.bury(letter(jobId, null, 'payload_invalid'))
      finished('buried', { code: 'payload_invalid' }, 'error')
      throw new JobFailed('payload_invalid', 'buried')
    }
    try {
      const outcome = await options.process(parsed.data, { signal: signal ?? new AbortController().signal, jobId, log })
      finished(outcome.kind, outcome.kind === 'done' ? { counts: outcome.counts } : { reason: outcome.reason }, 'info')
      return outcome
    } catch (error) {
      if (error instanceof JobFailed) {
        finished(error.outcome, { code: error.code, err: error.cause }, error.outcome === 'retry' ? 'warn' : 'error')
        throw error
      }
      if (signal?.aborted && token !== undefined) {
        await job.moveToWait(token)
        finished('returned', {}, 'info')
        throw new WaitingError()
      }
      const code = failureCodeOf(error)
      const isFatal = error instanceof FatalError
      if (isFatal) await deadLetters.bury(letter(jobId, payloadOf(parsed.data), code))
      const outcome = isFatal ? 'buried' : 'unclaimed'
      finished(outcome, { code, err: error }, 'error')
      throw new JobFailed(code, outcome, error)
    }
  }

  async function buryStalled(job: Job): Promise<void> {
    const jobId = job.id ?? 'unknown'
    const parsed = contract.payload.safeParse(job.data)
    options.log.error(
      { event: 'job_finished', queue, jobId, outcome: 'buried', code: 'stalled' },
      'job stalled too often',
    )
    countJob({ queue, outcome: 'buried', durationMs: 0 })
    try {
      await deadLetters.bury(letter(jobId, parsed.success ? payloadOf(parsed.data) : null, 'stalled'))
    } catch (error) {
      options.log.error({ event: 'bury_failed', queue, jobId, err: error }, 'dead letter could not be written')
    }
  }

  function letter(jobId: string, payload: DeadLetter['payload'], code: DeadLetter['code']): DeadLetter {
    return { dataSourceId: null, queue, jobId, payload, code, attempts: 1, traceId: activeTraceId() ?? null }
  }

  let stopping: Promise<void> | undefined
  return {
    queue,
    ready: worker.waitUntilReady().then(() => {}),
    isConsuming: () => stopping === undefined && worker.isRunning() && options.connection.status === 'ready',
    stop: ({ graceMs }) =>
      (stopping ??= drain(worker, graceMs)
        .then(() => Promise.all(buryings))
        .then(() => {})),
  }
}

/** `close` stops fetching and waits for running jobs for as long as they take; after the grace they are told to give back. */
async function drain(worker: Worker, graceMs: number): Promise<void> {
  const closing = worker.close()
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), graceMs)
  })
  const first = await Promise.race([closing, grace])
  clearTimeout(timer)
  if (first === 'late') {
    worker.cancelAllJobs('shutdown')
    await closing
  }
}

/** Contracts allow ids, numbers and short words only, so a parsed payload is fit for a dead letter. */
function payloadOf(payload: unknown): DeadLetter['payload'] {
  return payload as DeadLetter['payload']
}
