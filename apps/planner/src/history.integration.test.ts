import { applyHistory, cancelHistory, listHistories, pauseHistory, saveHistory } from '@wxcc/db/history'
import { DAY_MS } from '@wxcc/contracts/window'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
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
  windowsOf,
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
  await bench.db.deleteFrom('etl.history').execute()
  await emptyLedger(bench, prefix)
  bench.time.nowMs = NOON + 20 * MINUTE
})

/** A source whose ledger begins now, and a history of three days before it. */
async function planned(fromMs = NOON - 3 * DAY_MS) {
  const source = await addTestSource(bench.db, { loadFromMs: NOON })
  const { dataSourceId } = source
  await saveHistory(bench.db, {
    dataSourceId,
    fromMs,
    untilMs: NOON,
    records: { task: 6, agent_session: 0 },
    requests: 12,
    byteSize: 1,
    nowMs: bench.time.nowMs,
  })
  return source
}

/** Two tasks at noon of each of the three days before today. */
const countOf = (startMs: number, stream: string) =>
  stream === 'task' && startMs < NOON && startMs >= NOON - 3 * DAY_MS && (NOON - startMs) % DAY_MS === 0 ? 2 : 0

/** Ticks and counts until spans are queued, or nothing is. */
async function untilSpans() {
  for (let round = 0; round < 8; round++) {
    await tick(bench)
    const spans = await queuedFetches(bench.db, 'span', 'task')
    if (spans.some((span) => span.lane === 'history')) return spans.filter((span) => span.lane === 'history')
    await answerCensuses(bench, countOf)
    bench.time.nowMs += 1_000
  }
  return []
}

test('what is planned is not loaded; applied, it is, behind its own counts', async () => {
  const source = await planned()
  expect(await untilSpans()).toEqual([])
  expect((await windowsOf(bench.db, 'task')).map((window) => window.window_start.getTime())).toEqual([NOON])
  expect(await applyHistory(bench.db, source.dataSourceId, bench.time.nowMs)).toBe(true)
  expect(await applyHistory(bench.db, source.dataSourceId, bench.time.nowMs)).toBe(false)
  const spans = await untilSpans()
  expect(spans).toHaveLength(1)
  for (let day = 1; day <= 3; day++)
    await addConversations(bench.db, source, { startMs: NOON - day * DAY_MS, count: 2 })
  await mapFetch(bench, spans[0]!)
  await tick(bench)
  const [history] = await listHistories(bench.db, source.dataSourceId)
  expect(history).toMatchObject({
    state: 'running',
    windows: 2 * 288,
    windowsProved: 2 * 288,
    recordsProved: 6,
    requestsSent: 2 * 4 + 2,
  })
})

test('paused, nothing of it is planned or handed out, while live work is; resumed, it goes on', async () => {
  const source = await planned()
  await applyHistory(bench.db, source.dataSourceId, bench.time.nowMs)
  await tick(bench)
  await pauseHistory(bench.db, source.dataSourceId, true, bench.time.nowMs)
  await bench.db
    .updateTable('etl.fetch')
    .set({ state: 'pending' })
    .where('state', '=', 'queued')
    .where('lane', '=', 'history')
    .execute()
  bench.time.nowMs += QUARTER
  await tick(bench)
  const lanes = async () => new Set((await queuedFetches(bench.db, 'census')).map((fetch) => fetch.lane))
  expect(await lanes()).toEqual(new Set(['live']))
  await pauseHistory(bench.db, source.dataSourceId, false, bench.time.nowMs)
  await tick(bench)
  expect(await lanes()).toEqual(new Set(['live', 'history']))
})

test('cancelled, days that were not begun are given up, and the ledger begins at the first that stays', async () => {
  const source = await planned(NOON - 5 * DAY_MS)
  await applyHistory(bench.db, source.dataSourceId, bench.time.nowMs)
  const [span] = await untilSpans()
  expect(span).toBeDefined()
  // The span is in hand: its days stay, those before it go.
  const given = await cancelHistory(bench.db, source.dataSourceId, bench.time.nowMs)
  expect(given).toBeGreaterThan(0)
  const stays = (await windowsOf(bench.db, 'task')).map((window) => window.window_start.getTime())
  const dayOfSpan = Math.floor(span!.range_start!.getTime() / DAY_MS) * DAY_MS
  expect(Math.min(...stays)).toBe(dayOfSpan)
  await tick(bench)
  expect((await windowsOf(bench.db, 'task')).map((window) => window.window_start.getTime())).toEqual(stays)
  expect((await listHistories(bench.db, source.dataSourceId))[0]!.state).toBe('cancelled')
})

test('what leaves the vendor’s retention next is counted and read first', async () => {
  const source = await addTestSource(bench.db, { loadFromMs: NOON - 3 * DAY_MS })
  // Of three years, three quarter hours: the planner opens none between windows it knows.
  const daysAgo = [1_080, 1_070, 3, 0]
  const rows = daysAgo.flatMap((days) =>
    (['task', 'agent_session'] as const).map((stream) => ({
      data_source_id: source.dataSourceId,
      stream,
      window_start: new Date(NOON - days * DAY_MS),
      created_at: new Date(NOON),
      updated_at: new Date(NOON),
    })),
  )
  await bench.db.insertInto('etl.load_window').values(rows).execute()
  await tick(bench)
  const daysOf = (fetches: readonly { range_start: Date | null }[]) =>
    fetches.map((fetch) => Math.round((NOON - DAY_MS / 2 - fetch.range_start!.getTime()) / DAY_MS))
  const censuses = (await queuedFetches(bench.db, 'census')).filter(
    ({ lane, stream }) => lane === 'history' && stream === 'task',
  )
  expect(daysOf(censuses)).toEqual([1_070, 1_080, 3])
  await answerCensuses(bench, (startMs, stream) => (stream === 'task' && startMs < NOON ? 1 : 0))
  await tick(bench)
  const spans = (await queuedFetches(bench.db, 'span', 'task')).filter(({ lane }) => lane === 'history')
  expect(spans.map((span) => (NOON - span.range_start!.getTime()) / DAY_MS)).toEqual([1_070, 1_080])
  await tick(bench)
  const later = (await queuedFetches(bench.db, 'span', 'task')).filter(({ lane }) => lane === 'history')
  expect(later.map((span) => (NOON - span.range_start!.getTime()) / DAY_MS)).toEqual([1_070, 1_080, 3])
})

test('histories are cut in turns, one source a tick; the newest quarter hours of all are planned in each', async () => {
  const sources = [
    await addTestSource(bench.db, { key: 'north', loadFromMs: NOON - DAY_MS }),
    await addTestSource(bench.db, { key: 'south', loadFromMs: NOON - DAY_MS }),
  ]
  const ids = sources.map(({ dataSourceId }) => dataSourceId)
  const planner = { ...bench, turn: { count: 0 } }
  const sourcesWith = async (lane: string) => {
    const spans = await bench.db
      .selectFrom('etl.fetch')
      .select('data_source_id')
      .distinct()
      .where('kind', '=', 'span')
      .where('reason', '=', lane)
      .orderBy('data_source_id')
      .execute()
    return spans.map((row) => row.data_source_id)
  }
  await tick(planner)
  await answerCensuses(bench, () => 1)
  planner.turn.count = 0

  await tick(planner)
  expect(await sourcesWith('live')).toEqual(ids)
  expect(await sourcesWith('history')).toEqual(ids.slice(0, 1))
  await tick(planner)
  expect(await sourcesWith('history')).toEqual(ids)
})
