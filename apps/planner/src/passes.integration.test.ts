import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  NOON,
  QUARTER,
  addConversations,
  addTestSource,
  answerCensuses,
  emptyLedger,
  mapFetch,
  openBench,
  queuedFetches,
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
  await emptyLedger(bench, prefix)
  bench.time.nowMs = NOON
})

/** Of the passes over records. */
async function watermarks(): Promise<Record<string, number>> {
  const rows = await bench.db.selectFrom('etl.watermark').selectAll().where('pass', '<>', 'configuration').execute()
  return Object.fromEntries(rows.map((row) => [row.pass, row.complete_until.getTime()]))
}

async function queuedPasses() {
  return (await queuedFetches(bench.db, 'span')).filter((span) => span.reason === 'change')
}

/** Counts empty windows and maps whatever change pass is queued. */
async function turn(): Promise<void> {
  await tick(bench)
  await answerCensuses(bench, () => 0)
  await tick(bench)
}

describe('change passes', () => {
  test('one per closed quarter hour after its windows were read; mapped, it moves the watermarks; none past load_until', async () => {
    const loadFromMs = NOON - 2 * QUARTER
    await addTestSource(bench.db, { loadFromMs, loadUntilMs: NOON + QUARTER })
    bench.time.nowMs = NOON + 5 * MINUTE
    await tick(bench)
    expect(await queuedPasses()).toEqual([])
    await answerCensuses(bench, () => 0)
    await tick(bench)
    const first = await queuedPasses()
    expect(first).toMatchObject([
      { stream: 'task', range_start: new Date(NOON - 30 * MINUTE), range_end: new Date(NOON), lane: 'live' },
      {
        stream: 'agent_session',
        range_start: new Date(loadFromMs - 30 * MINUTE),
        range_end: new Date(NOON),
        lane: 'live',
      },
    ])
    await mapFetch(bench, first[0]!)
    await tick(bench)
    expect(await watermarks()).toEqual({ task_change: NOON })
    await mapFetch(bench, first[1]!)
    await tick(bench)
    expect(await watermarks()).toEqual({ task_change: NOON, agent_session_change: NOON, agent_time: NOON })
    expect(await queuedPasses()).toEqual([])

    bench.time.nowMs = NOON + 3 * 60 * MINUTE
    await turn()
    const last = await queuedPasses()
    expect(last.map((pass) => [pass.range_start?.getTime(), pass.range_end?.getTime()])).toEqual([
      [NOON - 30 * MINUTE, NOON + QUARTER],
      [NOON - 30 * MINUTE, NOON + QUARTER],
    ])
    for (const pass of last) await mapFetch(bench, pass)
    bench.time.nowMs += 60 * MINUTE
    await turn()
    expect(await queuedPasses()).toEqual([])
    expect(await watermarks()).toEqual({
      task_change: NOON + QUARTER,
      agent_session_change: NOON + QUARTER,
      agent_time: NOON + QUARTER,
    })
  })

  test('windows older than a day do not hold a pass up', async () => {
    await addTestSource(bench.db, { loadFromMs: NOON - 200 * QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 5 * MINUTE
    await tick(bench)
    const history = new Date(NOON - 150 * QUARTER)
    // The old days are not counted yet, the last day is.
    await answerCensuses(bench, () => 0)
    await bench.db
      .updateTable('etl.load_window')
      .set({ expected: null, expected_at: null })
      .where('window_start', '<', history)
      .execute()
    await tick(bench)
    expect(await queuedPasses()).toHaveLength(2)
  })

  test('a failed pass is not repeated for its boundary; the next covers it', async () => {
    await addTestSource(bench.db, { loadFromMs: NOON - QUARTER })
    bench.time.nowMs = NOON + 5 * MINUTE
    await turn()
    await bench.db.updateTable('etl.fetch').set({ state: 'failed' }).where('reason', '=', 'change').execute()
    await tick(bench)
    expect(await queuedPasses()).toEqual([])
    bench.time.nowMs += QUARTER
    await turn()
    const next = await queuedPasses()
    expect(next.map((pass) => pass.range_end?.getTime())).toEqual([NOON + QUARTER, NOON + QUARTER])
    expect(next[1]!.range_start?.getTime()).toBe(NOON - QUARTER - 30 * MINUTE)
    for (const pass of next) await mapFetch(bench, pass)
    await tick(bench)
    expect(await watermarks()).toMatchObject({ task_change: NOON + QUARTER, agent_time: NOON + QUARTER })
  })
})

describe('captures', () => {
  test('ended tasks in batches of ten, each once, when they are due', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON, loadUntilMs: NOON })
    const ended = await addConversations(bench.db, source, { startMs: NOON, count: 23 })
    const active = await addConversations(bench.db, source, { startMs: NOON, count: 2, status: 'In Progress' })
    const started = await bench.db
      .selectFrom('journey.conversation')
      .select(['source_task_id', 'conversation_start_time'])
      .execute()
    const startOf = new Map(started.map((row) => [row.source_task_id, row.conversation_start_time]))
    const at = new Date(NOON)
    const rows = [...ended, ...active].map((taskId) => ({
      data_source_id: source.dataSourceId,
      task_id: taskId,
      conversation_start_time: startOf.get(taskId)!,
      kind: 'recording',
      not_before: taskId === ended[22] ? new Date(NOON + MINUTE) : null,
      created_at: at,
      updated_at: at,
    }))
    await bench.db.insertInto('etl.capture').values(rows).execute()

    await tick(bench)
    const full = await queuedFetches(bench.db, 'captures')
    expect(full.map((fetch) => fetch.task_ids!.length)).toEqual([10, 10])
    expect(full.every((fetch) => fetch.lane === 'audio')).toBe(true)
    bench.time.nowMs += 10_000
    await tick(bench)
    expect((await queuedFetches(bench.db, 'captures')).map((fetch) => fetch.task_ids!.length)).toEqual([10, 10, 2])
    bench.time.nowMs = NOON + MINUTE + 10_000
    await tick(bench)
    const all = await queuedFetches(bench.db, 'captures')
    expect(all.flatMap((fetch) => fetch.task_ids!).sort()).toEqual([...ended].sort())
  })

  test('what a listing left behind is asked again later, and downloads of an ended one return', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON, loadUntilMs: NOON })
    const [taskId] = await addConversations(bench.db, source, { startMs: NOON, count: 1 })
    const at = new Date(NOON)
    const capture = {
      data_source_id: source.dataSourceId,
      conversation_start_time: at,
      created_at: at,
      updated_at: at,
      task_id: taskId!,
    }
    await bench.db
      .insertInto('etl.capture')
      .values({ ...capture, kind: 'recording' })
      .execute()
    bench.time.nowMs += 10_000
    await tick(bench)
    const [listing] = await queuedFetches(bench.db, 'captures')
    await bench.db.updateTable('etl.capture').set({ state: 'downloading' }).execute()
    await bench.db
      .updateTable('etl.fetch')
      .set({ state: 'failed', finished_at: new Date(bench.time.nowMs) })
      .where('fetch_id', '=', listing!.fetch_id)
      .execute()
    await tick(bench)
    expect(await bench.db.selectFrom('etl.capture').select('state').execute()).toEqual([{ state: 'expected' }])
    expect(await queuedFetches(bench.db, 'captures')).toEqual([])
    bench.time.nowMs += 6 * MINUTE
    await tick(bench)
    expect(await queuedFetches(bench.db, 'captures')).toMatchObject([{ task_ids: [taskId] }])
  })
})

test('configuration is fetched once a UTC day', async () => {
  await addTestSource(bench.db, { loadFromMs: NOON, loadUntilMs: NOON })
  await tick(bench)
  const [first, ...more] = await queuedFetches(bench.db, 'configuration')
  expect(more).toEqual([])
  await bench.db
    .updateTable('etl.fetch')
    .set({ state: 'done', finished_at: new Date(NOON + 1) })
    .where('fetch_id', '=', first!.fetch_id)
    .execute()
  bench.time.nowMs = NOON + 11 * 60 * MINUTE
  await tick(bench)
  expect(await queuedFetches(bench.db, 'configuration')).toEqual([])
  expect(await bench.db.selectFrom('etl.watermark').select(['pass', 'complete_until']).execute()).toEqual([
    { pass: 'configuration', complete_until: new Date(NOON + 1) },
  ])
  bench.time.nowMs = NOON + 12 * 60 * MINUTE
  await tick(bench)
  expect(await queuedFetches(bench.db, 'configuration')).toHaveLength(1)
})

test("a new source's spans wait for its first configuration, but not for one that cannot be read", async () => {
  await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
  bench.time.nowMs = NOON + 5 * MINUTE
  await tick(bench)
  const [configuration] = await queuedFetches(bench.db, 'configuration')
  const setConfiguration = (set: { state: string; attempts?: number }) =>
    bench.db.updateTable('etl.fetch').set(set).where('fetch_id', '=', configuration!.fetch_id).execute()
  await setConfiguration({ state: 'running' })
  await answerCensuses(bench, () => 1)
  await tick(bench)
  expect(await queuedFetches(bench.db, 'span')).toEqual([])
  await setConfiguration({ state: 'running', attempts: 3 })
  await tick(bench)
  expect((await queuedFetches(bench.db, 'span')).length).toBeGreaterThan(0)
})
