import { noteHint } from '@wxcc/db/hint'
import { raiseWatermark } from '@wxcc/db/planning/watermark'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  NOON,
  QUARTER,
  addTestSource,
  answerConfigurations,
  emptyLedger,
  mapFetch,
  openBench,
} from './ledger.testing.ts'
import { tick } from './tick.ts'

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.db.deleteFrom('etl.hint').execute()
  await emptyLedger(bench, prefix)
  bench.time.nowMs = NOON + 6 * MINUTE
})

/** A source whose tasks were read up to noon. */
async function readUpToNoon() {
  const source = await addTestSource(bench.db, { loadFromMs: NOON })
  const { dataSourceId } = source
  await bench.db
    .transaction()
    .execute((tx) => raiseWatermark(tx, { dataSourceId, pass: 'task_change', completeUntilMs: NOON, nowMs: NOON }))
  await tick(bench)
  await answerConfigurations(bench)
  return source
}
const hint = (kind: 'task' | 'capture', taskId: string, nowMs = bench.time.nowMs) =>
  noteHint(bench.db, { sourceKey: 'north', kind, taskId, nowMs })

const passes = () =>
  bench.db
    .selectFrom('etl.fetch')
    .selectAll()
    .where('reason', '=', 'change')
    .where('stream', '=', 'task')
    .orderBy('fetch_id')
    .execute()

test('hints bring one early pass, seconds after the first and once a minute, however many come', async () => {
  await readUpToNoon()
  for (const id of ['a', 'b', 'c', 'a']) await hint('task', id)
  await tick(bench)
  expect(await passes()).toEqual([])
  bench.time.nowMs += 10_000
  await tick(bench)
  const [pass, none] = await passes()
  expect(none).toBeUndefined()
  expect(pass).toMatchObject({
    lane: 'live',
    state: 'queued',
    range_start: new Date(NOON - 30 * MINUTE),
    range_end: new Date(bench.time.nowMs),
  })
  await hint('task', 'd', bench.time.nowMs - 10_000)
  await tick(bench)
  expect(await passes()).toHaveLength(1)
  await mapFetch(bench, pass!)
  await tick(bench)
  expect(await passes()).toHaveLength(1)
  bench.time.nowMs += MINUTE
  await tick(bench)
  expect(await passes()).toHaveLength(2)
  expect(await bench.db.selectFrom('etl.hint').selectAll().execute()).toEqual([])
})

test('without hints there is none, and before the first pass a hint waits', async () => {
  await addTestSource(bench.db, { loadFromMs: NOON })
  await hint('task', 'a', NOON)
  await tick(bench)
  expect(await passes()).toEqual([])
  expect(await bench.db.selectFrom('etl.hint').selectAll().execute()).toHaveLength(1)
})

test('captures of a hinted task are asked for now, those of others when it is their time', async () => {
  const { dataSourceId } = await readUpToNoon()
  const later = new Date(NOON + 6 * QUARTER)
  for (const task of ['a', 'b'])
    await bench.db
      .insertInto('etl.capture')
      .values({
        data_source_id: dataSourceId,
        task_id: task,
        conversation_start_time: new Date(NOON),
        kind: 'recording',
        not_before: later,
        created_at: new Date(NOON),
        updated_at: new Date(NOON),
      })
      .execute()
  await hint('capture', 'a', NOON)
  await tick(bench)
  const rows = await bench.db.selectFrom('etl.capture').select(['task_id', 'not_before']).orderBy('task_id').execute()
  expect(rows).toEqual([
    { task_id: 'a', not_before: new Date(bench.time.nowMs) },
    { task_id: 'b', not_before: later },
  ])
})
