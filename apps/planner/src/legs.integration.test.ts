import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  NOON,
  QUARTER,
  addTestSource,
  answerCensuses,
  emptyLedger,
  mapFetch,
  openBench,
  queuedFetches,
  windowsOf,
} from './ledger.testing.ts'
import { tick } from './tick.ts'

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
const DAY_MS = 86_400_000
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
})
afterAll(() => bench.close())
beforeEach(async () => {
  await emptyLedger(bench, prefix)
  await bench.db.deleteFrom('journey.task_leg').execute()
  bench.time.nowMs = NOON + 5 * MINUTE
})

async function addSourceWith(taskLegs: 'off' | 'ask' | 'on') {
  const source = await addTestSource(bench.db, { loadFromMs: NOON - 2 * QUARTER })
  await bench.db.updateTable('etl.data_source').set({ task_legs: taskLegs }).execute()
  return source
}

function legCensuses() {
  return queuedFetches(bench.db, 'census', 'task_leg')
}

test('a source without legs is never asked for them', async () => {
  await addSourceWith('off')
  await tick(bench)
  expect(await legCensuses()).toEqual([])
  expect(await windowsOf(bench.db, 'task_leg')).toEqual([])
})

test('a source that may have legs is asked once a day, and nothing is planned meanwhile', async () => {
  await addSourceWith('ask')
  await tick(bench)
  await tick(bench)
  expect(await legCensuses()).toMatchObject([
    { range_start: new Date(NOON - DAY_MS), range_end: new Date(NOON), lane: 'live' },
  ])
  await answerCensuses(bench, () => 0)
  bench.time.nowMs += DAY_MS - MINUTE
  await tick(bench)
  expect(await legCensuses()).toEqual([])
  bench.time.nowMs += MINUTE
  await tick(bench)
  expect(await legCensuses()).toHaveLength(1)
  expect(await windowsOf(bench.db, 'task_leg')).toEqual([])
})

test('legs are counted, read, counted again and proved, and a change pass follows', async () => {
  const source = await addSourceWith('on')
  await tick(bench)
  await answerCensuses(bench, (startMs, stream) => (stream === 'task_leg' && startMs === NOON - QUARTER ? 2 : 0))
  await tick(bench)
  const [span, ...others] = await queuedFetches(bench.db, 'span', 'task_leg')
  expect(others).toEqual([])
  expect(span).toMatchObject({
    range_start: new Date(NOON - QUARTER),
    range_end: new Date(NOON),
    estimated_requests: 1,
  })
  await bench.db
    .insertInto('journey.task_leg')
    .values([legAt(source, 0), legAt(source, 1)])
    .execute()
  await mapFetch(bench, span!)
  await tick(bench)
  expect(await windowsOf(bench.db, 'task_leg')).toMatchObject([
    { state: 'verified', stored: 0 },
    { state: 'verified', stored: 2, open_records: 1, incomplete: 0 },
  ])
  await tick(bench)
  const passes = (await queuedFetches(bench.db, 'span', 'task_leg')).filter(({ reason }) => reason === 'change')
  expect(passes).toMatchObject([{ range_end: new Date(NOON) }])
  await mapFetch(bench, passes[0]!)
  await tick(bench)
  const mark = await bench.db
    .selectFrom('etl.watermark')
    .select('complete_until')
    .where('pass', '=', 'task_leg_change')
    .executeTakeFirst()
  expect(mark?.complete_until).toEqual(new Date(NOON))
})

test('an empty window that holds legs is read like any other', async () => {
  const source = await addSourceWith('on')
  await bench.db.insertInto('journey.task_leg').values(legAt(source, 0)).execute()
  await tick(bench)
  await answerCensuses(bench, () => 0)
  await tick(bench)
  expect(await windowsOf(bench.db, 'task_leg')).toMatchObject([{ state: 'verified' }, { state: 'planned' }])
})

function legAt({ dataSourceId }: { readonly dataSourceId: number }, place: number) {
  const id = `00000000-0000-4000-8000-00000000000${place}`
  return {
    task_leg_id: id,
    leg_start_time: new Date(NOON - QUARTER + place),
    data_source_id: dataSourceId,
    source_leg_id: id,
    source_task_id: 'task',
    conversation_id: id,
    last_activity_time: new Date(NOON),
    is_active: place === 0,
    channel_type: 'Voice',
    direction: 'Inbound',
  }
}
