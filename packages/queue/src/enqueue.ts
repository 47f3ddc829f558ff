import type { QueueContract } from '@wxcc/contracts/define-queue'
import { LANES, type Lane } from '@wxcc/contracts/ledger'
import { Queue } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import type { Redis } from 'ioredis'

/** What Bull Board can show of the past. Ids carry the generation, so that a kept job never blocks a re-run. */
const KEEP_COMPLETED = 1_000
const KEEP_FAILED = 5_000

/** States in which a job still lies in Redis and will be run, or is. */
const ALIVE = new Set(['waiting', 'prioritized', 'delayed', 'active', 'waiting-children'])

export interface Queues {
  /**
   * Parses the payload, then adds the job; one that is there already is left alone. Where several lanes share a queue, name the lane: a higher one is
   * taken first, and none counts as the highest. Rejects if Redis is away: the caller's sweep repeats it.
   */
  enqueue<Payload>(contract: QueueContract<Payload>, payload: Payload, lane?: Lane): Promise<void>
  /** Many at once; either all were handed over or it rejects. */
  enqueueBulk<Payload>(contract: QueueContract<Payload>, payloads: readonly Payload[]): Promise<void>
  /** Is this job waiting, delayed or running? False after a flush, and after it ended. */
  hasJob<Payload>(contract: QueueContract<Payload>, payload: Payload): Promise<boolean>
  /** Jobs in Redis by state, for the gauge. `prioritized` counts as waiting. */
  countJobs<Payload>(
    contract: QueueContract<Payload>,
  ): Promise<Readonly<Record<'waiting' | 'active' | 'delayed' | 'failed', number>>>
  close(): Promise<void>
}

/** Queues on a producer connection (`producerRedis`), opened when first used. `close` leaves the connection to whoever opened it. */
export function openQueues(connection: Redis, options: { readonly prefix: string }): Queues {
  const opened = new Map<string, Queue>()

  const queueOf = (name: string): Queue => {
    let queue = opened.get(name)
    if (queue === undefined) {
      queue = new Queue(name, {
        connection,
        prefix: options.prefix,
        // Without it `add` hangs for as long as Redis is away, whatever the connection says.
        skipWaitingForReady: true,
        telemetry: new BullMQOtel({ tracerName: 'wxcc', meterName: 'wxcc' }),
        defaultJobOptions: {
          attempts: 1, // the ledger retries
          removeOnComplete: { count: KEEP_COMPLETED },
          removeOnFail: { count: KEEP_FAILED },
        },
      })
      // The rejected call tells its caller; an 'error' event nobody hears would end the process.
      queue.on('error', () => {})
      opened.set(name, queue)
    }
    return queue
  }

  return {
    async enqueue(contract, payload, lane = 'live') {
      const parsed = contract.payload.parse(payload)
      // 0 is BullMQ's word for "before all that have a priority".
      await queueOf(contract.name).add(contract.name, parsed, {
        jobId: contract.jobId(parsed),
        priority: LANES.indexOf(lane),
      })
    },
    async enqueueBulk(contract, payloads) {
      const jobs = payloads.map((payload) => {
        const parsed = contract.payload.parse(payload)
        return { name: contract.name, data: parsed, opts: { jobId: contract.jobId(parsed) } }
      })
      if (jobs.length > 0) await queueOf(contract.name).addBulk(jobs)
    },
    async hasJob(contract, payload) {
      return ALIVE.has(await queueOf(contract.name).getJobState(contract.jobId(payload)))
    },
    async countJobs(contract) {
      const counts = await queueOf(contract.name).getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed')
      return {
        waiting: (counts.wait ?? 0) + (counts.prioritized ?? 0),
        active: counts.active ?? 0,
        delayed: counts.delayed ?? 0,
        failed: counts.failed ?? 0,
      }
    },
    async close() {
      await Promise.all([...opened.values()].map((queue) => queue.close()))
    },
  }
}
