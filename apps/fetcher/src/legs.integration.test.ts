import { gunzipSync } from 'node:zlib'
import { CLR_FIELDS } from '@wxcc/webex/selections'
import { listPages } from '@wxcc/db/raw-page'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FetcherBench, openBench } from './bench.testing.ts'

const database = useDatabase()
const redis = useRedis()
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2025, 1, 10)
let simulator: RunningApp
let bench: FetcherBench

beforeAll(async () => {
  simulator = await startSimulator({
    SIM_TASKS_PER_DAY: '700',
    SIM_AGENTS: '4',
    SIM_DAYS: '1',
    SIM_CLOCK_START: new Date(START_MS).toISOString(),
    SIM_WORLD_UNTIL: new Date(START_MS).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
  })
  bench = await openBench({ databaseUrl: database.url(), redis, simulatorUrl: simulator.url() })
})
beforeEach(() => setLegs('ask'))
afterEach(() => bench.control('/faults', undefined, 'DELETE'))
afterAll(async () => {
  await bench?.close()
  await simulator?.stop()
})

const aDay = () => ({ range: { fromMs: START_MS - DAY_MS, toMs: START_MS } })

async function setLegs(taskLegs: string): Promise<void> {
  await bench.db.updateTable('etl.data_source').set({ task_legs: taskLegs }).execute()
}

async function legsSetting(): Promise<string> {
  return (await bench.db.selectFrom('etl.data_source').select('task_legs').executeTakeFirstOrThrow()).task_legs
}

async function storedLegs(fetchId: number): Promise<Record<string, unknown>[]> {
  const legs = []
  for (const page of await listPages(bench.db, fetchId)) {
    expect(page.recordKind).toBe('clr')
    const answer = JSON.parse(gunzipSync((await bench.objects.get(page.objectKey))!).toString())
    legs.push(...answer.data.taskLegDetails.taskLegs)
  }
  return legs
}

test('a span of task legs keeps every leg, page by page', async () => {
  const fetchId = await bench.admit({ stream: 'task_leg', ...aDay() })
  await bench.run('fetch-span', fetchId)
  const { counts } = (await bench.control('/info')) as { counts: { taskLegs: number } }
  const legs = await storedLegs(fetchId)
  expect(new Set(legs.map(({ id }) => id)).size).toBe(counts.taskLegs)
  expect(counts.taskLegs).toBeGreaterThan(500)
  expect(await bench.row(fetchId)).toMatchObject({
    state: 'fetched',
    actual_requests: Math.ceil(counts.taskLegs / 500),
  })
  // A leg names agents by id and name only, and no customer at all.
  expect(JSON.stringify(legs)).not.toMatch(/phoneNumber|"customer"|"origin"|globalVariables/)
  expect(Object.keys(legs[0]!)).toHaveLength(new Set(CLR_FIELDS.map((path) => path.split('.')[0])).size)
})

test('a change pass brings the legs that were touched since', async () => {
  const sinceMs = START_MS - 6 * 3_600_000
  const fetchId = await bench.admit({
    stream: 'task_leg',
    reason: 'change',
    range: { fromMs: sinceMs, toMs: START_MS },
  })
  await bench.run('fetch-span', fetchId)
  const legs = await storedLegs(fetchId)
  expect(legs.length).toBeGreaterThan(0)
  expect(legs.filter((leg) => (leg['lastActivityTime'] as number) < sinceMs)).toEqual([])
})

test('counting the legs of an organisation that has some turns the stream on', async () => {
  const fetchId = await bench.admit({ kind: 'census', stream: 'task_leg', ...aDay() })
  await bench.run('count-windows', fetchId)
  expect(await bench.row(fetchId)).toMatchObject({ state: 'done', actual_requests: 1 })
  expect(await legsSetting()).toBe('on')
})

test.each([{ kind: 'graphqlErrors' }, { kind: 'status', status: 400 }, { kind: 'status', status: 403 }])(
  'an organisation that is refused its legs (%j) goes on without them',
  async (fault) => {
    await bench.control('/faults', [{ match: { path: '/search' }, fault }])
    const fetchId = await bench.admit({ kind: 'census', stream: 'task_leg', ...aDay() })
    await bench.run('count-windows', fetchId)
    expect(await bench.row(fetchId)).toMatchObject({ state: 'done' })
    expect(await legsSetting()).toBe('ask')
    expect(await bench.db.selectFrom('etl.data_source').select('state').execute()).toEqual([{ state: 'active' }])
  },
)

test('a day without legs turns nothing on', async () => {
  const fetchId = await bench.admit({
    kind: 'census',
    stream: 'task_leg',
    range: { fromMs: START_MS - 3 * DAY_MS, toMs: START_MS - 2 * DAY_MS },
  })
  await bench.run('count-windows', fetchId)
  expect(await bench.row(fetchId)).toMatchObject({ state: 'done', actual_requests: 1 })
  expect(await legsSetting()).toBe('ask')
})

test('once legs are loaded, a refused count is a failure like any other', async () => {
  await setLegs('on')
  await bench.control('/faults', [{ match: { path: '/search' }, fault: { kind: 'graphqlErrors' } }])
  const fetchId = await bench.admit({ kind: 'census', stream: 'task_leg', ...aDay() })
  await bench.run('count-windows', fetchId).catch(() => {})
  expect(await bench.row(fetchId)).toMatchObject({ last_code: 'vendor_graphql_error' })
})
