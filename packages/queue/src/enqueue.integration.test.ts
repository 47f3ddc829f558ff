import { fetchSpan } from '@wxcc/contracts/fetch-span'
import { useRedis } from '@wxcc/testing/redis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkRedis, producerRedis } from './connection.ts'
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
