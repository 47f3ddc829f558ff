import { fetchSpan } from '@wxcc/contracts/fetch-span'
import type { FetchJob } from '@wxcc/contracts/fetch-job'
import { FatalError } from '@wxcc/contracts/failures'
import { createLogger } from '@wxcc/telemetry/log'
import { queuePrefix, useRedis } from '@wxcc/testing/redis'
import { until } from '@wxcc/testing/until'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { producerRedis, workerRedis } from './connection.ts'
import type { DeadLetter } from './dead-letter-sink.ts'
import { type Queues, openQueues } from './enqueue.ts'
import { type JobContext, type RunningWorker, startWorker } from './start-worker.ts'
import type { Outcome } from '@wxcc/contracts/outcome'

const { url } = useRedis()
let prefix: string
let producer: Redis
let consumer: Redis
let queues: Queues
let worker: RunningWorker | undefined
let letters: DeadLetter[]
let lines: Record<string, unknown>[]

beforeAll(async () => {
  producer = await producerRedis(url, () => {})
  consumer = workerRedis(url, () => {})
})
afterAll(() => Promise.all([producer.quit(), consumer.quit()]))
beforeEach(() => {
  prefix = queuePrefix()
  queues = openQueues(producer, { prefix })
  letters = []
  lines = []
})
afterEach(async () => {
  await worker?.stop({ graceMs: 0 })
  await queues.close()
  await producer.unlink(...(await producer.keys(`${prefix}:*`)))
})

function work(process: (payload: FetchJob, context: JobContext) => Promise<Outcome>): RunningWorker {
  worker = startWorker({
    contract: fetchSpan,
    connection: consumer,
    prefix,
    concurrency: 2,
    process,
    deadLetters: { bury: async (letter) => void letters.push(letter) },
    log: createLogger('test', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }),
  })
  return worker
}

const finished = () => lines.filter((line) => line.event === 'job_finished')
const oneFinished = () => until('a finished job', () => finished()[0])

describe('startWorker', () => {
  test('tells one line per job, with outcome and counts', async () => {
    await queues.enqueue(fetchSpan, { fetchId: 1, generation: 1 })
    work(async ({ fetchId }) => ({ kind: 'done', counts: { pages: fetchId } }))
    expect(await oneFinished()).toMatchObject({
      level: 'info',
      queue: 'fetch-span',
      jobId: 'fetch-span.1.g1',
      outcome: 'done',
      counts: { pages: 1 },
      durationMs: expect.any(Number) as number,
    })
    expect(finished()).toHaveLength(1)
  })

  test('a payload of another version is buried, unseen by the processor and the log', async () => {
    const raw = new Queue('fetch-span', { connection: producer, prefix })
    await raw.add('fetch-span', { fetchId: 'Jane Doe' }, { jobId: 'fetch-span.x.g1' })
    await raw.close()
    let processed = 0
    work(async () => {
      processed++
      return { kind: 'done' }
    })
    expect(await oneFinished()).toMatchObject({ level: 'error', outcome: 'buried', code: 'payload_invalid' })
    expect(letters).toMatchObject([{ jobId: 'fetch-span.x.g1', payload: null, code: 'payload_invalid' }])
    expect(processed).toBe(0)
    expect(JSON.stringify(lines)).not.toContain('Jane')
  })

  test('what a job threw reaches neither Redis nor the log', async () => {
    await queues.enqueue(fetchSpan, { fetchId: 2, generation: 1 })
    work(async () => {
      throw new Error('row of Jane Doe violates something')
    })
    expect(await oneFinished()).toMatchObject({ outcome: 'unclaimed', code: 'unexpected' })
    const raw = new Queue('fetch-span', { connection: producer, prefix })
    const job = await until('the failed job', async () => (await raw.getFailed())[0])
    await raw.close()
    expect(job.failedReason).toBe('unexpected')
    expect(JSON.stringify([job.toJSON(), lines])).not.toContain('Jane')
    expect(letters).toEqual([])
  })

  test('a fatal failure outside of any claim is buried', async () => {
    await queues.enqueue(fetchSpan, { fetchId: 3, generation: 1 })
    work(async () => {
      throw new FatalError('vendor_forbidden')
    })
    await oneFinished()
    expect(letters).toMatchObject([{ payload: { fetchId: 3, generation: 1 }, code: 'vendor_forbidden' }])
  })

  test('a stop lets jobs in hand finish, takes no more, and twice is harmless', async () => {
    await queues.enqueueBulk(fetchSpan, [
      { fetchId: 4, generation: 1 },
      { fetchId: 5, generation: 1 },
      { fetchId: 6, generation: 1 },
    ])
    const release = Promise.withResolvers<void>()
    let running = 0
    const { stop, isConsuming } = work(async () => {
      running++
      await release.promise
      return { kind: 'done' }
    })
    await until('two jobs in hand', () => running === 2)
    expect(isConsuming()).toBe(true)
    const stopping = stop({ graceMs: 30_000 })
    expect(isConsuming()).toBe(false)
    release.resolve()
    await Promise.all([stopping, stop({ graceMs: 0 })])
    expect(finished()).toHaveLength(2)
    expect(await queues.countJobs(fetchSpan)).toMatchObject({ waiting: 1, active: 0 })
  })

  test('after the grace a job is aborted and goes back to wait, not failed', async () => {
    await queues.enqueue(fetchSpan, { fetchId: 7, generation: 1 })
    const started = Promise.withResolvers<void>()
    const { stop } = work(async (_, { signal }) => {
      started.resolve()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
      return { kind: 'done' }
    })
    await started.promise
    await stop({ graceMs: 20 })
    expect(finished()).toMatchObject([{ outcome: 'returned' }])
    expect(await queues.countJobs(fetchSpan)).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 })
  })
})
