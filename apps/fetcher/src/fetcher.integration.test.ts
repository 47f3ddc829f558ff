import { randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { RunningApp } from '@wxcc/sandbox/process'
import { storeConfiguredMembers } from '@wxcc/db/journey/configured-members'
import { asOnlyPlanner } from '@wxcc/db/planning/planner-transaction'
import { listPages } from '@wxcc/db/raw-page'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { until } from '@wxcc/testing/until'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type FetcherBench, openBench } from './bench.testing.ts'
import { toDimensionRows } from './dimension-rows.ts'
import { isWholeList } from './load-configuration.ts'

const database = useDatabase()
const redis = useRedis()
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2025, 1, 10)
let simulator: RunningApp
let bench: FetcherBench

beforeAll(async () => {
  simulator = await startSimulator({
    SIM_TASKS_PER_DAY: '600',
    SIM_AGENTS: '6',
    SIM_DAYS: '1',
    SIM_CLOCK_START: new Date(START_MS).toISOString(),
    SIM_WORLD_UNTIL: new Date(START_MS).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
  })
  bench = await openBench({ databaseUrl: database.url(), redis, simulatorUrl: simulator.url() })
})
afterEach(() => bench.control('/faults', undefined, 'DELETE'))
afterAll(async () => {
  await bench?.close()
  await simulator?.stop()
})

const aDay = () => ({ range: { fromMs: START_MS - DAY_MS, toMs: START_MS } })

/** Distinct records and activities on all stored pages of a fetch. */
async function contentsOf(fetchId: number) {
  const heads = new Set<string>()
  const totals = new Map<string, number>()
  const held = new Map<string, Set<string>>()
  for (const page of await listPages(bench.db, fetchId)) {
    const answer = JSON.parse(gunzipSync((await bench.objects.get(page.objectKey))!).toString())
    for (const record of answer.data.taskDetails?.tasks ?? answer.data.agentSession.agentSessions) {
      if (page.recordKind === 'csr' || page.recordKind === 'asr') heads.add(record.id ?? record.agentSessionId)
      for (const owner of record.activities ? [record] : (record.channelInfo ?? [])) {
        if (!owner.activities) continue
        const key = owner.channelId ?? owner.id
        totals.set(key, owner.activities.totalCount)
        const ids = held.get(key) ?? new Set()
        held.set(key, ids)
        for (const node of owner.activities.nodes) ids.add(node.id)
      }
    }
  }
  const missing = [...totals].filter(([key, total]) => held.get(key)!.size !== total)
  return { heads, totals, missing }
}

test('a span of tasks keeps every CSR and every CAR of them', async () => {
  const fetchId = await bench.admit({ stream: 'task', ...aDay() })
  expect(await bench.run('fetch-span', fetchId)).toMatchObject({ kind: 'done' })
  const { heads, totals, missing } = await contentsOf(fetchId)
  const info = (await bench.control('/info')) as { counts: { tasks: number } }
  expect(heads.size).toBeGreaterThan(300)
  expect(heads.size).toBe(info.counts.tasks)
  expect(totals.size).toBe(heads.size)
  expect(missing).toEqual([])
  expect(await bench.row(fetchId)).toMatchObject({ state: 'fetched', map_generation: 1 })
})

test('agent sessions with more than 100 activities of a channel are followed to the end', async () => {
  const fetchId = await bench.admit({ stream: 'agent_session', ...aDay() })
  await bench.run('fetch-span', fetchId)
  const { totals, missing } = await contentsOf(fetchId)
  expect(Math.max(...totals.values())).toBeGreaterThan(100)
  expect(missing).toEqual([])
})

test('an interrupted span goes on after the last page it stored, under its next generation', async () => {
  const whole = await bench.admit({ stream: 'agent_session', ...aDay() })
  await bench.run('fetch-span', whole)
  const wanted = await contentsOf(whole)

  const fetchId = await bench.admit({ stream: 'agent_session', ...aDay() })
  let runs = 0
  for (; (await bench.row(fetchId)).state !== 'fetched'; runs++) {
    if (runs > 0) await bench.admitAgain(fetchId)
    const stored = (await listPages(bench.db, fetchId)).length
    const aborter = new AbortController()
    const running = bench.run('fetch-span', fetchId, aborter.signal).catch(() => undefined)
    await until(
      'one more page, or the end',
      async () =>
        (await listPages(bench.db, fetchId)).length > stored || (await bench.row(fetchId)).state === 'fetched',
      { everyMs: 1 },
    )
    aborter.abort()
    await running
  }
  expect(runs).toBeGreaterThan(1)
  const { heads, totals, missing } = await contentsOf(fetchId)
  expect({ heads, totals, missing }).toEqual(wanted)
  const keys = (await listPages(bench.db, fetchId)).map((page) => page.objectKey)
  expect(keys.some((key) => key.includes('-g1/'))).toBe(true)
  expect(keys.some((key) => key.includes('-g2/'))).toBe(true)
})

test('a change pass brings the touched tasks with all their CARs', async () => {
  const fetchId = await bench.admit({
    stream: 'task',
    reason: 'change',
    lane: 'live',
    range: { fromMs: START_MS - 3_600_000, toMs: START_MS },
  })
  await bench.run('fetch-span', fetchId)
  const { heads, totals, missing } = await contentsOf(fetchId)
  expect(heads.size).toBeGreaterThan(0)
  expect([...totals.keys()].toSorted()).toEqual([...heads].toSorted())
  expect(missing).toEqual([])
})

test('the census writes the counts of all quarter hours, also of empty ones', async () => {
  const windows = Array.from({ length: 96 }, (_, index) => new Date(START_MS - DAY_MS + index * 900_000))
  await bench.db
    .insertInto('etl.load_window')
    .values(
      windows.map((window_start) => ({
        data_source_id: bench.source.dataSourceId,
        stream: 'task',
        window_start,
        created_at: new Date(START_MS),
        updated_at: new Date(START_MS),
      })),
    )
    .execute()
  const fetchId = await bench.admit({ kind: 'census', stream: 'task', ...aDay() })
  await bench.run('count-windows', fetchId)
  const counted = await bench.db.selectFrom('etl.load_window').selectAll().where('stream', '=', 'task').execute()
  const info = (await bench.control('/info')) as { counts: { tasks: number } }
  expect(counted.reduce((sum, { expected }) => sum + expected!, 0)).toBe(info.counts.tasks)
  const census = await bench.row(fetchId)
  expect(census).toMatchObject({ state: 'done', actual_requests: 1, tracking_ids: [expect.any(String)] })
  expect(counted.every((window) => window.census_id === fetchId)).toBe(true)
  const busy = counted.filter((window) => window.expected! > 0)
  expect(busy.some((window) => window.expected_duration_ms! > 60_000)).toBe(true)

  // The long watch: a range of more than a day is counted per day, and says the same.
  const watchId = await bench.admit({
    kind: 'census',
    stream: 'task',
    range: { fromMs: START_MS - 3 * DAY_MS, toMs: START_MS },
    reason: 'repair',
    lane: 'repair',
  })
  await bench.run('count-windows', watchId)
  const days = await bench.db.selectFrom('etl.day_count').selectAll().orderBy('day_start').execute()
  expect(days.map(({ day_start }) => day_start.getTime() % DAY_MS)).toEqual(days.map(() => 0))
  expect(days.length).toBeGreaterThanOrEqual(3)
  const [first] = days
  expect(first).toMatchObject({ records: 0, duration_ms: null, fetch_id: watchId, is_moved: null })
  const totals = (key: 'records' | 'duration_ms') => days.reduce((sum, day) => sum + (day[key] ?? 0), 0)
  expect(totals('records')).toBe(info.counts.tasks)
  expect(totals('duration_ms')).toBe(busy.reduce((sum, window) => sum + window.expected_duration_ms!, 0))
  const latest = Math.max(...days.map((day) => day.activity_at?.getTime() ?? 0))
  expect(latest).toBe(Math.max(...busy.map((window) => window.expected_activity_at!.getTime())))
})

test('a census is written between two looks of the planner, never during one', async () => {
  const fetchId = await bench.admit({ kind: 'census', stream: 'agent_session', ...aDay() })
  let writing: Promise<unknown> | undefined
  await asOnlyPlanner(bench.db, async () => {
    writing = bench.run('count-windows', fetchId)
    const waiting = sql<{ waits: number }>`
      select count(*)::int as waits from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`
    await until('the census to wait', async () => (await waiting.execute(bench.db)).rows[0]!.waits > 0)
    expect(await bench.row(fetchId)).toMatchObject({ state: 'running' })
  })
  await writing
  expect(await bench.row(fetchId)).toMatchObject({ state: 'done' })
})

test('configuration fills dimensions, and names once known are not lost', async () => {
  const fetchId = await bench.admit({ kind: 'configuration', reason: 'live' })
  await bench.run('fetch-configuration', fetchId)
  const agents = await bench.db.selectFrom('journey.agent').select(['name', 'updated_at']).execute()
  expect(agents.length).toBeGreaterThan(0)
  expect(agents.every(({ name }) => name !== null)).toBe(true)
  const again = await bench.admit({ kind: 'configuration', reason: 'live' })
  await bench.run('fetch-configuration', again)
  expect(await bench.db.selectFrom('journey.agent').select(['name', 'updated_at']).execute()).toEqual(agents)
})

test('renamed members keep their old names, deleted ones stay and are marked, and come back if they do', async () => {
  const configure = async () =>
    bench.run('fetch-configuration', await bench.admit({ kind: 'configuration', reason: 'live' }))
  const change = (entity: string, id: string, action: string, name?: string) =>
    bench.control('/configuration', { entity, id, action, name })
  await configure()
  const queues = await bench.db.selectFrom('journey.queue').selectAll().orderBy('source_queue_id').execute()
  const [renamed, deleted] = [queues[0]!, queues[1]!]
  const agent = await bench.db.selectFrom('journey.agent').selectAll().limit(1).executeTakeFirstOrThrow()
  const code = await bench.db.selectFrom('journey.agent_status').selectAll().limit(1).executeTakeFirstOrThrow()
  expect(queues.every((queue) => queue.is_configured && queue.is_active && queue.deleted_at === null)).toBe(true)
  expect(code).toMatchObject({ is_configured: true, is_active: true })
  await change('contact-service-queue', renamed.source_queue_id, 'rename', 'Renamed queue')
  await change('contact-service-queue', deleted.source_queue_id, 'delete')
  await change('user', agent.source_agent_id, 'deactivate')
  await change('auxiliary-code', code.source_idle_code_id, 'delete')
  // Only records know this one, so the configuration cannot have deleted it.
  await bench.db
    .insertInto('journey.queue')
    .values({ queue_id: randomUUID(), data_source_id: bench.source.dataSourceId, source_queue_id: 'seen-only' })
    .execute()
  const renamedAtMs = await bench.now()
  await configure()

  const queueOf = (sourceId: string) =>
    bench.db.selectFrom('journey.queue').selectAll().where('source_queue_id', '=', sourceId).executeTakeFirstOrThrow()
  expect(await queueOf(renamed.source_queue_id)).toMatchObject({ name: 'Renamed queue', deleted_at: null })
  expect(await queueOf(deleted.source_queue_id)).toMatchObject({
    name: deleted.name,
    is_active: false,
    is_deleted: false,
  })
  expect((await queueOf(deleted.source_queue_id)).deleted_at).not.toBeNull()
  expect(await queueOf('seen-only')).toMatchObject({ is_active: true, deleted_at: null })
  expect(
    await bench.db.selectFrom('journey.queue').select('queue_id').where('deleted_at', 'is not', null).execute(),
  ).toHaveLength(1)
  const agents = await bench.db.selectFrom('journey.agent').select(['agent_id', 'status', 'deleted_at']).execute()
  expect(agents.filter((one) => one.status === 'Inactive')).toEqual([
    { agent_id: agent.agent_id, status: 'Inactive', deleted_at: null },
  ])
  const gone = await bench.db.selectFrom('journey.agent_status').selectAll().where('is_active', '=', false).execute()
  expect(gone.map((status) => [status.name, status.deleted_at !== null])).toEqual([[code.name, true]])
  const labels = await bench.db
    .selectFrom('journey.member_label')
    .select(['label', 'configured_from'])
    .where('member_id', '=', renamed.queue_id)
    .orderBy('configured_from')
    .execute()
  expect(labels.map((row) => row.label)).toEqual([renamed.name, 'Renamed queue'])
  expect(labels[1]!.configured_from!.getTime()).toBeLessThanOrEqual(renamedAtMs)

  const addresses = await bench.db
    .selectFrom('pii.agent_address')
    .selectAll()
    .where('agent_id', '=', agent.agent_id)
    .execute()
  expect(addresses.map((row) => row.address_kind).toSorted()).toEqual(['email', 'id', 'phone'])
})

test('a list that came short, or empty, deletes nothing', async () => {
  const sites = () =>
    bench.db.selectFrom('journey.site').select(['source_site_id', 'deleted_at']).orderBy('source_site_id').execute()
  const before = await sites()
  const nothing = { user: [], team: [], 'contact-service-queue': [], 'entry-point': [], 'auxiliary-code': [] }
  const store = (site: readonly { id: string }[], totalRecords: number | null) =>
    bench.db.transaction().execute((tx) =>
      storeConfiguredMembers(tx, bench.source.dataSourceId, toDimensionRows(bench.source.key, { ...nothing, site }), {
        nowMs: START_MS,
        isWhole: (list) => list === 'sites' && isWholeList(site, totalRecords),
      }),
    )
  expect(before.length).toBeGreaterThan(1)
  const first = { id: before[0]!.source_site_id }
  await store([first], before.length)
  await store([first], null)
  await store([], 0)
  expect(await sites()).toEqual(before)
  await store([first], 1)
  expect((await sites()).filter((site) => site.deleted_at !== null)).toHaveLength(before.length - 1)
  await store(
    before.map((site) => ({ id: site.source_site_id })),
    before.length,
  )
  expect(await sites()).toEqual(before)
})

test.each([
  {
    fault: { kind: 'status', status: 429, retryAfterSeconds: 7 },
    code: 'vendor_throttled',
    attempts: 0,
    state: 'pending',
  },
  { fault: { kind: 'status', status: 503 }, code: 'vendor_unavailable', attempts: 1, state: 'pending' },
  { fault: { kind: 'graphqlErrors' }, code: 'vendor_graphql_error', attempts: 1, state: 'pending' },
  { fault: { kind: 'malformedJson' }, code: 'vendor_malformed', attempts: 1, state: 'pending' },
  { fault: { kind: 'status', status: 422 }, code: 'vendor_bad_request', attempts: 0, state: 'failed' },
])('$code is written to the row, and nothing of the answer is kept', async ({ fault, code, attempts, state }) => {
  const fetchId = await bench.admit({ stream: 'task', ...aDay() })
  await bench.control('/faults', [{ match: { path: '/search' }, times: 1, fault }])
  await bench.run('fetch-span', fetchId).catch(() => undefined)
  expect(await bench.row(fetchId)).toMatchObject({ state, last_code: code, attempts })
  expect(await listPages(bench.db, fetchId)).toEqual([])
  // The budget stays closed for what the vendor asked; later tests need it.
  if (code === 'vendor_throttled') await bench.control('/clock', { advanceMs: 7_500 })
})

test('an answer that is too large is split in two halves', async () => {
  const fetchId = await bench.admit({ stream: 'task', ...aDay() })
  await bench.control('/faults', [{ match: { path: '/search' }, times: 1, fault: { kind: 'status', status: 413 } }])
  expect(await bench.run('fetch-span', fetchId)).toEqual({ kind: 'done', counts: { split: 1 } })
  const halves = await bench.db
    .selectFrom('etl.fetch')
    .select(['range_start', 'range_end'])
    .where('fetch_id', '>', fetchId)
    .execute()
  const middle = new Date(START_MS - DAY_MS / 2)
  expect(halves).toEqual([
    { range_start: new Date(START_MS - DAY_MS), range_end: middle },
    { range_start: middle, range_end: new Date(START_MS) },
  ])
})

test('no log line holds a token or an address', () => {
  const text = bench.lines.join('\n')
  expect(text).toContain('vendor_request')
  expect(text).not.toMatch(/Bearer|simulated-|orgId=|query\(/)
})

test('a 403 stops the source', async () => {
  const fetchId = await bench.admit({ stream: 'task', ...aDay() })
  await bench.control('/faults', [{ match: { path: '/search' }, times: 1, fault: { kind: 'status', status: 403 } }])
  await bench.run('fetch-span', fetchId).catch(() => undefined)
  expect(await bench.row(fetchId)).toMatchObject({ state: 'failed', last_code: 'vendor_forbidden' })
  const source = await bench.db.selectFrom('etl.data_source').select(['state', 'stop_code']).executeTakeFirstOrThrow()
  expect(source).toEqual({ state: 'stopped', stop_code: 'vendor_forbidden' })
})
