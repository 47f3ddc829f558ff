import { claimFetch, splitFetch } from '@wxcc/db/fetch-claim'
import { fetchLive } from '@wxcc/contracts/fetch-live'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { sql } from 'kysely'
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
  windowsOf,
  countStatements,
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

/** Ticks, answers what is asked, and maps every span, until nothing is queued. */
async function loadEverything(countOf: (windowStartMs: number) => number): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await tick(bench)
    const counted = await answerCensuses(bench, (startMs, stream) => (stream === 'task' ? countOf(startMs) : 0))
    const spans = await queuedFetches(bench.db, 'span')
    for (const span of spans) await mapFetch(bench, span)
    bench.time.nowMs += 1_000
    if (counted + spans.length === 0 && round > 1) return
  }
  throw new Error('the planner does not come to rest')
}

describe('opening windows', () => {
  test('two planners at once open each window once, and never past load_until', async () => {
    await addTestSource(bench.db, { loadFromMs: NOON - 4 * QUARTER, loadUntilMs: NOON - QUARTER })
    const other = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
    try {
      bench.time.nowMs = other.time.nowMs = NOON + 60 * MINUTE
      const reports = await Promise.all([tick(bench), tick(other), tick(bench), tick(other)])
      expect(reports.filter((report) => report !== undefined).length).toBeGreaterThan(0)
    } finally {
      await other.close()
    }
    for (const stream of ['task', 'agent_session'] as const) {
      const starts = (await windowsOf(bench.db, stream)).map((window) => window.window_start.getTime())
      expect(starts).toEqual([NOON - 4 * QUARTER, NOON - 3 * QUARTER, NOON - 2 * QUARTER])
    }
    expect(
      await bench.db.selectFrom('etl.fetch').selectAll().where('kind', '=', 'configuration').execute(),
    ).toHaveLength(1)
    expect(await queuedFetches(bench.db, 'census')).toHaveLength(2)
  })

  test('a planner that cannot have the lock plans nothing', async () => {
    await addTestSource(bench.db, { loadFromMs: NOON - QUARTER })
    bench.time.nowMs = NOON + 10 * MINUTE
    await tick(bench)
    await bench.db.transaction().execute(async (tx) => {
      await tx.selectNoFrom((eb) => eb.fn('pg_advisory_xact_lock', [eb.val(7_140_217)]).as('lock')).execute()
      bench.time.nowMs = NOON + 25 * MINUTE
      expect(await tick(bench)).toBeUndefined()
    })
    expect(await windowsOf(bench.db, 'task')).toHaveLength(1)
  })

  test('months exist before windows of them, and the month after', async () => {
    await addTestSource(bench.db, { loadFromMs: Date.UTC(2026, 2, 31, 23, 30) })
    bench.time.nowMs = Date.UTC(2026, 3, 1, 0, 40)
    await tick(bench)
    const parts = await bench.db
      .selectNoFrom((eb) =>
        ['2026_02', '2026_03', '2026_04', '2026_05'].map((month) =>
          eb
            .fn('to_regclass', [eb.val(`journey.engagement_${month}`)])
            .$castTo<string | null>()
            .as(month),
        ),
      )
      .executeTakeFirstOrThrow()
    expect(Object.values(parts)).not.toContain(null)
  })

  test('an earlier load_from opens what lies before', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER })
    bench.time.nowMs = NOON + 5 * MINUTE
    await tick(bench)
    await bench.db
      .updateTable('etl.data_source')
      .set({ load_from: new Date(NOON - 3 * QUARTER) })
      .where('data_source_id', '=', source.dataSourceId)
      .execute()
    await tick(bench)
    expect(await windowsOf(bench.db, 'task')).toHaveLength(3)
  })
})

describe('from census to verdict', () => {
  test('empty windows are proved without a fetch, the others in one span across them', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - 8 * QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - 7 * QUARTER, count: 3 })
    await addConversations(bench.db, source, { startMs: NOON - 2 * QUARTER, count: 2 })
    const counts = new Map([
      [NOON - 7 * QUARTER, 3],
      [NOON - 2 * QUARTER, 2],
    ])
    await loadEverything((startMs) => counts.get(startMs) ?? 0)
    const windows = await windowsOf(bench.db, 'task')
    expect(windows.map((window) => `${window.state} ${window.stored}/${window.expected}`)).toEqual([
      'verified 0/0',
      'verified 3/3',
      ...Array.from({ length: 4 }, () => 'verified 0/0'),
      'verified 2/2',
      'verified 0/0',
    ])
    const spans = await bench.db
      .selectFrom('etl.fetch')
      .select(['range_start', 'range_end'])
      .where('kind', '=', 'span')
      .where('reason', '<>', 'change')
      .execute()
    expect(spans).toEqual([{ range_start: new Date(NOON - 7 * QUARTER), range_end: new Date(NOON - QUARTER) }])
  })

  test('a window at the live edge is due when it has settled, in the live lane', async () => {
    await addTestSource(bench.db, { loadFromMs: NOON - QUARTER })
    bench.time.nowMs = NOON + 5 * MINUTE - 1
    await tick(bench)
    expect(await windowsOf(bench.db, 'task')).toHaveLength(0)
    bench.time.nowMs += 1
    await tick(bench)
    await answerCensuses(bench, () => 4)
    await tick(bench)
    const [span] = await queuedFetches(bench.db, 'span', 'task')
    expect(span).toMatchObject({
      lane: 'live',
      reason: 'live',
      generation: 1,
      range_start: new Date(NOON - QUARTER),
      range_end: new Date(NOON),
    })
    expect(await bench.queues.countJobs(fetchLive)).toMatchObject({ waiting: 4 })
  })

  test('missing rows are fetched three times and counted anew each time, then the finding stays', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - 2 * QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 4 })
    const startedMs = bench.time.nowMs
    let rounds = 0
    for (; rounds < 60; rounds++) {
      await loadEverything((startMs) => (startMs === NOON - QUARTER ? 5 : 0))
      const [, window] = await windowsOf(bench.db, 'task')
      if (window!.state === 'short') break
      bench.time.nowMs += 2_000
    }
    expect(bench.time.nowMs - startedMs).toBeLessThan(MINUTE + 30_000)
    const [empty, window] = await windowsOf(bench.db, 'task')
    expect(empty!.state).toBe('verified')
    expect(window).toMatchObject({ state: 'short', finding: 'rows_missing', expected: 5, stored: 4, attempts: 2 })
    expect(window!.expected_at!.getTime()).toBeGreaterThanOrEqual(window!.loaded_at!.getTime())
    expect(window!.next_check_at!.getTime()).toBeGreaterThan(bench.time.nowMs + 50 * MINUTE)
    const spans = await bench.db
      .selectFrom('etl.fetch')
      .select('lane')
      .where('kind', '=', 'span')
      .where('reason', '<>', 'change')
      .orderBy('fetch_id')
      .execute()
    expect(spans.map((span) => span.lane)).toEqual(['live', 'repair', 'repair'])

    // The rows arrive; the next look heals the window.
    await addConversations(bench.db, source, { startMs: NOON - QUARTER + MINUTE, count: 1 })
    bench.time.nowMs = window!.next_check_at!.getTime()
    await loadEverything((startMs) => (startMs === NOON - QUARTER ? 5 : 0))
    const [, healed] = await windowsOf(bench.db, 'task')
    expect(healed).toMatchObject({ state: 'verified', finding: null, stored: 5 })
  })

  test('rows that came between census and fetch are not called extra', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 6 })
    let asked = 0
    await loadEverything((startMs) => (startMs !== NOON - QUARTER ? 0 : asked++ === 0 ? 5 : 6))
    expect(asked).toBe(2)
    const [window] = await windowsOf(bench.db, 'task')
    expect(window).toMatchObject({ state: 'verified', expected: 6, stored: 6, attempts: 0 })
  })

  test('a census that was under way while the window was counted gives its verdict too', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 6 })
    await tick(bench)
    await answerCensuses(bench, (_, stream) => (stream === 'task' ? 5 : 0))
    await tick(bench)
    bench.time.nowMs += 1_000
    for (const span of await queuedFetches(bench.db, 'span', 'task')) await mapFetch(bench, span)
    const readAtMs = bench.time.nowMs
    bench.time.nowMs = readAtMs + 10_000
    await tick(bench)
    // Asked for before that tick, answered after it.
    bench.time.nowMs = readAtMs + 5_000
    expect(await answerCensuses(bench, (_, stream) => (stream === 'task' ? 6 : 0))).toBe(1)
    bench.time.nowMs = readAtMs + 20_000
    await tick(bench)
    expect((await windowsOf(bench.db, 'task'))[0]).toMatchObject({ state: 'verified', expected: 6, stored: 6 })
  })

  test('rows in a window the vendor counts as empty end as over', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 1 })
    for (let round = 0; round < 30; round++) await loadEverything(() => 0)
    const [window] = await windowsOf(bench.db, 'task')
    expect(window).toMatchObject({ state: 'over', finding: 'rows_extra', expected: 0, stored: 1 })
  })

  test('incomplete activities keep a window from being verified; deleted rows do not count', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 2 })
    await addConversations(bench.db, source, {
      startMs: NOON - MINUTE,
      count: 1,
      isComplete: false,
      status: 'In Progress',
    })
    const [deleted] = await addConversations(bench.db, source, { startMs: NOON - 2 * MINUTE, count: 1 })
    await bench.db
      .updateTable('journey.conversation')
      .set({ is_deleted: true })
      .where('source_task_id', '=', deleted!)
      .execute()
    for (let round = 0; round < 30; round++) await loadEverything(() => 3)
    const [window] = await windowsOf(bench.db, 'task')
    expect(window).toMatchObject({
      state: 'short',
      finding: 'activities_missing',
      expected: 3,
      stored: 3,
      incomplete: 1,
      open_records: 1,
    })
  })

  test('a failed span fails its windows; its replay loads them', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 2 })
    await tick(bench)
    await answerCensuses(bench, (_, stream) => (stream === 'task' ? 2 : 0))
    await tick(bench)
    const [span] = await queuedFetches(bench.db, 'span', 'task')
    const fail = (state: string) =>
      bench.db
        .updateTable('etl.fetch')
        .set({ state, last_code: 'vendor_bad_request' })
        .where('fetch_id', '=', span!.fetch_id)
        .execute()
    await fail('failed')
    await tick(bench)
    expect((await windowsOf(bench.db, 'task'))[0]).toMatchObject({ state: 'failed', finding: 'vendor_bad_request' })
    await fail('pending')
    await loadEverything(() => 2)
    expect((await windowsOf(bench.db, 'task'))[0]).toMatchObject({ state: 'verified', finding: null })
  })

  test('a fetch cut in two holds its windows until both halves are mapped', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - 2 * QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await addConversations(bench.db, source, { startMs: NOON - 2 * QUARTER, count: 2 })
    await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 2 })
    await tick(bench)
    await answerCensuses(bench, (_, stream) => (stream === 'task' ? 2 : 0))
    await tick(bench)
    const [span] = await queuedFetches(bench.db, 'span', 'task')
    const claim = (await claimFetch(bench.db, {
      fetchId: span!.fetch_id,
      generation: 1,
      nowMs: bench.time.nowMs,
      leaseMs: MINUTE,
    }))!
    await bench.db.transaction().execute((tx) => splitFetch(tx, { claim, nowMs: bench.time.nowMs, requests: 1 }))
    await tick(bench)
    const halves = await queuedFetches(bench.db, 'span', 'task')
    expect(halves).toHaveLength(2)
    await mapFetch(bench, halves[0]!)
    await tick(bench)
    expect((await windowsOf(bench.db, 'task')).map((window) => window.state)).toEqual(['verified', 'planned'])
    await mapFetch(bench, halves[1]!)
    await tick(bench)
    expect((await windowsOf(bench.db, 'task')).map((window) => window.state)).toEqual(['verified', 'verified'])
  })

  test('agent sessions are counted by login time', async () => {
    const source = await addTestSource(bench.db, { loadFromMs: NOON - QUARTER, loadUntilMs: NOON })
    bench.time.nowMs = NOON + 10 * MINUTE
    await bench.db
      .insertInto('journey.agent_session')
      .values(
        [NOON - QUARTER, NOON - 1, NOON].map((loginMs, index) => ({
          agent_session_id: crypto.randomUUID(),
          agent_id: crypto.randomUUID(),
          data_source_id: source.dataSourceId,
          source_agent_session_id: `s${index}`,
          login_time: new Date(loginMs),
          is_active: index === 0,
        })),
      )
      .execute()
    for (let round = 0; round < 4; round++) {
      await tick(bench)
      await answerCensuses(bench, (_, stream) => (stream === 'agent_session' ? 2 : 0))
      for (const span of await queuedFetches(bench.db, 'span')) await mapFetch(bench, span)
    }
    expect((await windowsOf(bench.db, 'agent_session'))[0]).toMatchObject({
      state: 'verified',
      stored: 2,
      open_records: 1,
    })
  })
})

test('logins are read before the contacts of the same history, and busy ones in spans of about a hundred requests', async () => {
  await addTestSource(bench.db, { loadFromMs: NOON - 96 * QUARTER, loadUntilMs: NOON })
  bench.time.nowMs = NOON + 4 * 60 * MINUTE
  await tick(bench)
  // Fifty contacts to a login: about two requests for each beyond its page.
  await answerCensuses(bench, (startMs, stream) => {
    const isMorning = startMs < NOON - 90 * QUARTER
    return stream === 'task' ? (isMorning ? 2_000 : 0) : isMorning ? 40 : 0
  })
  await tick(bench)
  const spans = await bench.db
    .selectFrom('etl.fetch')
    .select(['stream', 'estimated_requests'])
    .where('kind', '=', 'span')
    .orderBy('fetch_id')
    .execute()
  expect(spans.map(({ stream, estimated_requests }) => `${stream} ${estimated_requests}`)).toEqual([
    ...Array.from({ length: 6 }, () => 'agent_session 82'),
    ...Array.from({ length: 6 }, () => 'task 16'),
  ])
})

test('an idle tick changes no row and is cheap', async () => {
  const source = await addTestSource(bench.db, { loadFromMs: NOON - 96 * QUARTER, loadUntilMs: NOON })
  bench.time.nowMs = NOON + 10 * MINUTE
  await addConversations(bench.db, source, { startMs: NOON - QUARTER, count: 2 })
  await loadEverything((startMs) => (startMs === NOON - QUARTER ? 2 : 0))
  await tick(bench)

  const { n: before } = await writes()
  const counted = countStatements(bench.db)
  for (let round = 0; round < 20; round++) {
    bench.time.nowMs += 1_000
    expect(await tick({ ...bench, db: counted.db })).toEqual({ delivered: 0, windowsSettled: 0, fetchesPlanned: 0 })
  }
  // Two dozen for the source and a dozen for all of them.
  expect(counted.statements() / 20).toBeLessThan(45)
  expect((await writes()).n).toBe(before)
})

/** Row versions of the ledger; they move with every insert and update. */
async function writes(): Promise<{ n: unknown }> {
  const { rows } = await sql`
    select md5(string_agg(v, ',' order by v)) as n from (
      select xmin::text || ctid::text as v from etl.load_window union all
      select xmin::text || ctid::text from etl.fetch union all
      select xmin::text || ctid::text from etl.watermark) versions`.execute(bench.db)
  return rows[0] as { n: unknown }
}
