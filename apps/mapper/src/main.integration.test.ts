import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { producerRedis } from '@wxcc/queue/connection'
import { openQueues, type Queues } from '@wxcc/queue/enqueue'
import { lockTaskSources } from '@wxcc/db/task-source'
import { startApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { until } from '@wxcc/testing/until'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MapperWorld } from './testing/mapper-world.testing.ts'
import { answeredCall, CANARY, TEN } from './testing/records.testing.ts'

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let world: MapperWorld
let queues: Queues
let closeRedis: () => void
const lines: string[] = []

beforeAll(async () => {
  world = await MapperWorld.open(database.url())
  const redis = await producerRedis(redisUrl, () => {})
  queues = openQueues(redis, { prefix })
  closeRedis = () => redis.disconnect()
})
afterAll(async () => {
  await queues.close()
  closeRedis()
  await world.close()
})

function startMapper() {
  return startApp({
    name: 'mapper',
    entry: path.join(import.meta.dirname, 'main.ts'),
    env: {
      DATABASE_URL: database.url(),
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: prefix,
      STORAGE_URL: world.storageUrl,
      CONTACT_KEY: randomBytes(32).toString('base64'),
      LEASE_MS: '1000',
    },
    onLine: (line) => lines.push(line),
    restart: false,
  })
}

const fetchState = async (fetchId: number) =>
  (await world.db.selectFrom('etl.fetch').select('state').where('fetch_id', '=', fetchId).executeTakeFirstOrThrow())
    .state

test('a span and a capture are mapped from their queues, and no line of the log knows a person', async () => {
  const fetchId = await world.fetchTasks([answeredCall('call-1', TEN)])
  const captureId = await world.storeCapture('call-1', 'recording', 'RIFF', TEN)
  const mapper = await startMapper()
  try {
    expect((await fetch(`${mapper.url()}/readyz`)).status).toBe(200)
    await queues.enqueue(mapSpan, { fetchId, generation: 1 })
    await until('the span to be mapped', async () => (await fetchState(fetchId)) === 'mapped')
    await queues.enqueue(mapTranscript, { captureId, generation: 1 })
    await until('the capture to be mapped', async () => {
      const row = await world.db
        .selectFrom('etl.capture')
        .select('mapped_at')
        .where('capture_id', '=', captureId)
        .executeTakeFirst()
      return row?.mapped_at
    })
  } finally {
    await mapper.stop()
  }
  expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])
  const output = lines.join('\n')
  expect(output).toContain('"event":"job_finished"')
  for (const value of Object.values(CANARY)) expect(output).not.toContain(value)
})

test('a mapper killed in the middle of a span keeps whole batches, and the next one maps the rest', async () => {
  const calls = Array.from({ length: 600 }, (_, n) => answeredCall(`kill-${n}`, TEN + n * 1_000))
  const fetchId = await world.fetchTasks(calls)
  const count = async () => {
    const { n } = await world.db
      .selectFrom('journey.conversation')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('source_task_id', 'like', 'kill-%')
      .executeTakeFirstOrThrow()
    return n
  }
  const first = await startMapper()
  // Somebody else holds a task of the last batch, so that the mapper waits there, with its transaction open.
  await world.db.transaction().execute(async (tx) => {
    await lockTaskSources(tx, world.source.dataSourceId, ['kill-599'])
    await queues.enqueue(mapSpan, { fetchId, generation: 1 })
    await until('two batches', async () => (await count()) === 500)
    process.kill(first.pid(), 'SIGKILL')
    await first.stop()
  })
  expect(await count()).toBe(500)
  expect(await fetchState(fetchId)).toBe('fetched')

  // As the planner's sweep would: the lease is over, so the next generation is due.
  await world.db
    .updateTable('etl.fetch')
    .set({ map_generation: 2, lease_until: null })
    .where('fetch_id', '=', fetchId)
    .execute()
  const second = await startMapper()
  try {
    await queues.enqueue(mapSpan, { fetchId, generation: 2 })
    await until('the span to be mapped', async () => (await fetchState(fetchId)) === 'mapped')
  } finally {
    await second.stop()
  }
  expect(await count()).toBe(600)
})
