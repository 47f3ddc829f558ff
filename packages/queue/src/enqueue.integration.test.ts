import type { FetchJob } from '@wxcc/contracts/fetch-job'
import { fetchSpan } from '@wxcc/contracts/fetch-span'
import { mapSpan } from '@wxcc/contracts/map-span'
import { useRedis } from '@wxcc/testing/redis'
import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkRedis, producerRedis, workerRedis } from './connection.ts'
import { type Queues, openQueues } from './enqueue.ts'

const { url, prefix } = useRedis()
let redis: Redis
let queues: Queues

beforeAll(async () => {
  redis = await producerRedis(url, () => {})
  queues = openQueues(redis, { prefix })
})
afterAll(async () => {
  await queues.close()
  await redis.quit()
})

describe('enqueue', () => {
  test('a job is there once, however often it is added', async () => {
    await queues.enqueue(fetchSpan, { fetchId: 1, generation: 1 })
    await queues.enqueue(fetchSpan, { fetchId: 1, generation: 1 })
    await queues.enqueueBulk(fetchSpan, [
      { fetchId: 1, generation: 1 },
      { fetchId: 2, generation: 1 },
    ])
    expect(await queues.countJobs(fetchSpan)).toMatchObject({ waiting: 2 })
    expect(await queues.hasJob(fetchSpan, { fetchId: 1, generation: 1 })).toBe(true)
    expect(await queues.hasJob(fetchSpan, { fetchId: 1, generation: 2 })).toBe(false)
  })

  test('of one queue the higher lane is taken first, and within a lane the older job', async () => {
    const jobs = [
      [11, 'history'],
      [12, 'live'],
      [13, 'history'],
      [14, 'repair'],
      [15, 'live'],
    ] as const
    for (const [fetchId, lane] of jobs) await queues.enqueue(mapSpan, { fetchId, generation: 1 }, lane)
    expect(await queues.countJobs(mapSpan)).toMatchObject({ waiting: 5 })
    expect(await queues.hasJob(mapSpan, { fetchId: 11, generation: 1 })).toBe(true)
    const connection = workerRedis(url, () => {})
    const worker = new Worker<FetchJob>(mapSpan.name, null, { connection, prefix })
    const taken: number[] = []
    while (taken.length < jobs.length) {
      const job = await worker.getNextJob('token', { block: false })
      taken.push(job.data.fetchId)
    }
    await worker.close()
    connection.disconnect()
    expect(taken).toEqual([12, 15, 14, 11, 13])
  })

  test('a payload that does not parse is refused on this side', async () => {
    await expect(queues.enqueue(fetchSpan, { fetchId: 0, generation: 1 })).rejects.toThrow()
    expect(await queues.hasJob(fetchSpan, { fetchId: 0, generation: 1 })).toBe(false)
  })

  test('a flushed job is not there any more', async () => {
    await queues.enqueue(fetchSpan, { fetchId: 3, generation: 1 })
    // What FLUSHALL does to this prefix; the server is shared with other files.
    await redis.unlink(...(await redis.keys(`${prefix}:*`)))
    expect(await queues.hasJob(fetchSpan, { fetchId: 3, generation: 1 })).toBe(false)
  })

  test('without Redis the caller hears of it at once', async () => {
    await expect(producerRedis('redis://127.0.0.1:1', () => {})).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(checkRedis('redis://127.0.0.1:1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await checkRedis(url)
    const gone = await producerRedis(url, () => {})
    const closed = openQueues(gone, { prefix })
    gone.disconnect()
    await expect(closed.enqueue(fetchSpan, { fetchId: 4, generation: 1 })).rejects.toThrow()
  })
})
