import { gunzipSync } from 'node:zlib'
import type { RunningApp } from '@wxcc/sandbox/process'
import { listPages } from '@wxcc/db/raw-page'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { until } from '@wxcc/testing/until'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type FetcherBench, openBench } from './bench.testing.ts'

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
  const counted = await bench.db.selectFrom('etl.load_window').select('expected').where('stream', '=', 'task').execute()
  const info = (await bench.control('/info')) as { counts: { tasks: number } }
  expect(counted.reduce((sum, { expected }) => sum + expected!, 0)).toBe(info.counts.tasks)
  expect(await bench.row(fetchId)).toMatchObject({ state: 'done', actual_requests: 1 })
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
