import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { fetchSpan } from '@wxcc/contracts/fetch-span'
import { queuePrefix, useRedis } from '@wxcc/testing/redis'
import { until } from '@wxcc/testing/until'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { producerRedis } from './connection.ts'
import { type Queues, openQueues } from './enqueue.ts'

const { url } = useRedis()
const JOB = { fetchId: 7, generation: 1 }
let prefix: string
let redis: Redis
let queues: Queues
let children: ChildProcess[] = []

beforeAll(async () => {
  redis = await producerRedis(url, () => {})
})
afterAll(() => redis.quit())
beforeEach(() => {
  prefix = queuePrefix()
  queues = openQueues(redis, { prefix })
})
afterEach(async () => {
  await Promise.all(children.map(kill))
  children = []
  await queues.close()
  await redis.unlink(...(await redis.keys(`${prefix}:*`)))
})

function startProcess(maxStalled: number): ChildProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/worker-process.ts')], {
    env: { PATH: process.env.PATH, REDIS_URL: url, QUEUE_PREFIX: prefix, MAX_STALLED: String(maxStalled) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const events = () => redis.lrange(`${prefix}:events`, 0, -1)
const eventCount = (count: number) =>
  until(`${count} events`, async () => ((await events()).length >= count ? await events() : undefined), {
    timeoutMs: 30_000,
  })

test('a job whose worker is killed is delivered again and ends once', async () => {
  await queues.enqueue(fetchSpan, JOB)
  const first = startProcess(5)
  await eventCount(1)
  await kill(first)
  const second = startProcess(5)
  await eventCount(2)
  await redis.rpush(`${prefix}:finish`, 'go')
  expect(await eventCount(3)).toEqual([`started ${first.pid}`, `started ${second.pid}`, `effect ${second.pid}`])
  await until('the job to end', async () => !(await queues.hasJob(fetchSpan, JOB)))
  expect(await redis.llen(`${prefix}:letters`)).toBe(0)
})

test('a job that loses its worker more often than allowed is buried as stalled', async () => {
  await queues.enqueue(fetchSpan, JOB)
  const first = startProcess(0)
  await eventCount(1)
  await kill(first)
  startProcess(0)
  const letter = await until('the dead letter', () => redis.lindex(`${prefix}:letters`, 0), { timeoutMs: 30_000 })
  expect(JSON.parse(letter)).toMatchObject({
    queue: 'fetch-span',
    jobId: 'fetch-span.7.g1',
    payload: JOB,
    code: 'stalled',
  })
  expect(await events()).toHaveLength(1)
})
