import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Bench,
  NOON,
  QUARTER,
  addConversations,
  addTestSource,
  emptyLedger,
  openBench,
  queuedFetches,
  windowsOf,
} from './ledger.testing.ts'
import { tick } from './tick.ts'

const database = useDatabase()
const redis = useRedis()
const DAY = 86_400_000
let bench: Bench

beforeAll(async () => {
  const at = redis
  bench = await openBench({ databaseUrl: database.url(), redisUrl: at.url, prefix: at.prefix })
})
beforeEach(async () => {
  await bench.db.deleteFrom('etl.legal_hold').execute()
  await emptyLedger(bench, redis.prefix)
  bench.time.nowMs = NOON
})
afterAll(() => bench?.close())

async function aCapture(dataSourceId: number, taskId: string, startMs: number, state: string, kind = 'recording') {
  const at = new Date(NOON)
  await bench.db
    .insertInto('etl.capture')
    .values({
      data_source_id: dataSourceId,
      task_id: taskId,
      conversation_start_time: new Date(startMs),
      kind,
      state,
      created_at: at,
      updated_at: at,
    })
    .execute()
}

const statesOf = async () =>
  Object.fromEntries(
    (await bench.db.selectFrom('etl.capture').select(['task_id', 'state', 'reason']).execute()).map((row) => [
      row.task_id,
      [row.state, row.reason],
    ]),
  )

test('what is older than the retention expires and stays so; a legal hold wins', async () => {
  const source = await addTestSource(bench.db, {
    loadFromMs: NOON - 3 * DAY,
    loadUntilMs: NOON - 3 * DAY + 4 * QUARTER,
  })
  const { dataSourceId } = source
  const old = NOON - 3 * DAY + 1
  for (const [taskId, state] of [
    ['stored', 'stored'],
    ['never', 'not_available'],
    ['awaited', 'expected'],
    ['held', 'stored'],
    ['arriving', 'downloading'],
  ] as const) {
    await aCapture(dataSourceId, taskId, old, state)
  }
  await aCapture(dataSourceId, 'ranged', old + 2 * QUARTER, 'stored')
  await aCapture(dataSourceId, 'young', NOON - DAY, 'stored')
  await aCapture(dataSourceId, 'written', old, 'stored', 'transcript')
  await aCapture(dataSourceId, 'attached', old, 'stored', 'attachment')
  const hold = { data_source_id: dataSourceId, case_ref: 'case-1', created_at: new Date(NOON) }
  await bench.db
    .insertInto('etl.legal_hold')
    .values([
      { ...hold, task_id: 'held' },
      { ...hold, hold_from: new Date(old + 2 * QUARTER), hold_to: new Date(old + 2 * QUARTER + 1) },
    ])
    .execute()
  await bench.db.updateTable('etl.data_source').set({ recording_days: 2 }).execute()
  await tick(bench)
  expect(await statesOf()).toEqual({
    stored: ['expired', 'capture_retention'],
    never: ['expired', 'capture_retention'],
    awaited: ['expired', 'capture_retention'],
    held: ['stored', null],
    arriving: ['downloading', null],
    ranged: ['stored', null],
    young: ['stored', null],
    written: ['stored', null],
    attached: ['stored', null],
  })
  await bench.db.updateTable('etl.data_source').set({ transcript_days: 2 }).execute()
  await tick(bench)
  expect(await statesOf()).toMatchObject({
    written: ['expired', 'capture_retention'],
    attached: ['expired', 'capture_retention'],
    young: ['stored', null],
  })

  await bench.db
    .updateTable('etl.legal_hold')
    .set({ released_at: new Date(NOON) })
    .execute()
  await tick(bench)
  expect((await statesOf())['held']).toEqual(['expired', 'capture_retention'])
})

test('quarter hours expire with their pages, once they are proved; a legal hold wins, and none is read again', async () => {
  const fromMs = NOON - 40 * DAY
  const { dataSourceId } = await addTestSource(bench.db, { loadFromMs: fromMs, loadUntilMs: fromMs + 4 * QUARTER })
  await tick(bench)
  const setWindows = (state: string, ...at: number[]) =>
    bench.db
      .updateTable('etl.load_window')
      .set({ state, next_check_at: null })
      .where(
        'window_start',
        'in',
        at.map((quarter) => new Date(fromMs + quarter * QUARTER)),
      )
      .execute()
  await setWindows('sealed', 0, 2)
  await setWindows('over', 1)
  await bench.db
    .insertInto('etl.legal_hold')
    .values({
      data_source_id: dataSourceId,
      case_ref: 'case-1',
      created_at: new Date(NOON),
      hold_from: new Date(fromMs + 2 * QUARTER),
      hold_to: new Date(fromMs + 2 * QUARTER + 1),
    })
    .execute()
  await bench.db.updateTable('etl.data_source').set({ page_days: 39 }).execute()
  await tick(bench)
  const states = async () => (await windowsOf(bench.db, 'task')).map((window) => window.state)
  expect(await states()).toEqual(['expired', 'expired', 'sealed', 'planned'])

  await bench.db
    .updateTable('etl.legal_hold')
    .set({ released_at: new Date(NOON) })
    .execute()
  await setWindows('sealed', 3)
  await tick(bench)
  expect(await states()).toEqual(['expired', 'expired', 'expired', 'expired'])
  await tick(bench)
  expect(await queuedFetches(bench.db, 'span')).toEqual([])
})

test('first askings and repeated ones are listed apart, the oldest conversations first', async () => {
  const source = await addTestSource(bench.db, { loadFromMs: NOON, loadUntilMs: NOON })
  const tasks = await addConversations(bench.db, source, { startMs: NOON - DAY, count: 12 })
  for (const [at, taskId] of [...tasks.entries()].toReversed())
    await aCapture(source.dataSourceId, taskId, NOON - DAY + at, 'expected')
  await bench.db.updateTable('etl.capture').set({ attempts: 1 }).where('task_id', '=', tasks[11]!).execute()
  bench.time.nowMs += 10_000
  await tick(bench)
  expect((await queuedFetches(bench.db, 'captures')).map((fetch) => [fetch.reason, fetch.task_ids])).toEqual([
    ['live', tasks.slice(0, 10)],
    ['live', tasks.slice(10, 11)],
    ['repair', tasks.slice(11)],
  ])
})
