import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Certificate, certifyDay } from '@wxcc/db/certificate'
import { getSource } from '@wxcc/db/data-source'
import { DAY_MS } from '@wxcc/contracts/window'
import { buryJob } from '@wxcc/db/dead-letter'
import { listDeadLetters, replayLetter } from '@wxcc/db/replay'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { until } from '@wxcc/testing/until'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Centres, startCentres } from '../truth/centres.testing.ts'
import type { Repair } from './repair-windows.ts'
import { type Verification, verifyWindows } from './verify-windows.ts'

const DAY = '2026-09-16'
const MIDNIGHT = '2026-09-17T00:00:00Z'
const LOADED = { fromMs: Date.parse(`${DAY}T00:00:00Z`), toMs: Date.parse(MIDNIGHT) }
const MORNING = ['--from', `${DAY}T06:00:00Z`, '--to', `${DAY}T12:00:00Z`] as const
/** Quarter hours of the morning, of tasks and of agent sessions. */
const MORNING_WINDOWS = 48

const database = useDatabase()
const redis = useRedis()
let centres: Centres
/** Tasks of the morning, all ended long ago. */
let tasks: readonly { readonly taskId: string; readonly createdTime: number }[]

beforeAll(async () => {
  centres = await startCentres(
    {
      plans: [
        {
          key: 'north',
          orgId: '77777777-7777-4777-8777-777777777777',
          timeZone: 'UTC',
          livesBy: 'UTC',
          loaded: LOADED,
        },
      ],
      seed: 5,
      tasksPerDay: 60,
      agents: 4,
      days: 1,
      firstLook: MIDNIGHT,
      lifeEnds: MIDNIGHT,
    },
    { databaseUrl: database.url(), redis },
    1,
  )
  const [from, to] = [Date.parse(MORNING[1]), Date.parse(MORNING[3])]
  tasks = (await control(`truth/tasks?from=${from}&to=${to}`)) as typeof tasks
  await centres.loaded()
}, 240_000)
afterAll(() => centres?.stop())

async function control(part: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<unknown> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`${centres.simulatorUrl}/_sim/${part}`, { method, ...sent })
  expect(answer.status).toBe(200)
  return answer.json()
}

const edits: object[] = []

/** One of the morning's tasks is changed at the vendor, which tells nobody. */
async function edit(taskId: string, set: object): Promise<void> {
  edits.push({ id: taskId, atMs: 0, set })
  await control('faults', undefined, 'DELETE')
  await control('faults', [{ match: { path: '/search' }, fault: { kind: 'editRecords', edits } }])
}

/** As `wxcc verify` does, without a process of its own. */
async function verify(): Promise<Verification> {
  const asked = {
    dataSourceIds: [centres.all[0]!.dataSourceId],
    fromMs: Date.parse(MORNING[1]),
    toMs: Date.parse(MORNING[3]),
  }
  const { nowMs } = (await control('clock')) as { nowMs: number }
  return verifyWindows(centres.db, asked, { nowMs, timeoutMs: 60_000, say: () => {} })
}

async function wxcc(...args: readonly string[]): Promise<{ code: number; answer: unknown }> {
  const env = { ...process.env, DATABASE_URL: database.url(), CLOCK_URL: `${centres.simulatorUrl}/_sim/clock` }
  const main = path.join(import.meta.dirname, '../main.ts')
  const ended = await promisify(execFile)(process.execPath, [main, ...args, '--json'], { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ ...error, stdout: error.stdout || error.stderr }),
  )
  return { code: ended.code, answer: JSON.parse(ended.stdout) }
}

async function storedOf(taskId: string) {
  return centres.db
    .selectFrom('journey.conversation')
    .select(['source_total_ms', 'csat_score'])
    .where('source_task_id', '=', taskId)
    .executeTakeFirstOrThrow()
}

test('verify finds a window the vendor changed without a trace but in its sums; it heals by itself', async () => {
  const { taskId } = tasks[0]!
  expect(await verify()).toMatchObject({ windows: { equal: MORNING_WINDOWS, differs: 0 }, counts: 2, ok: true })

  await edit(taskId, { totalDuration: 123_456 })
  const { code, answer } = await wxcc('verify', ...MORNING)
  const { windows, notEqual } = answer as Verification
  expect({ code, windows }).toEqual({
    code: 1,
    windows: { equal: MORNING_WINDOWS - 1, differs: 1, unread: 0, expired: 0 },
  })
  const windowStart = new Date(Math.floor(tasks[0]!.createdTime / 900_000) * 900_000).toISOString()
  expect(notEqual).toMatchObject([{ stream: 'task', windowStart, verdict: 'differs' }])
  await centres.loaded()
  expect(await storedOf(taskId)).toMatchObject({ source_total_ms: 123_456 })
})

test('repair brings what no count can tell, beside everything else, and proves the range again', async () => {
  const { taskId } = tasks[1]!
  await edit(taskId, { csatScore: 3 })
  expect((await verify()).ok).toBe(true)
  expect((await storedOf(taskId)).csat_score).not.toBe(3)

  const { code, answer } = await wxcc('repair', ...MORNING)
  const repair = answer as Repair
  expect({ code, ...repair }).toMatchObject({ code: 0, planned: MORNING_WINDOWS, proved: MORNING_WINDOWS, unread: 0 })
  expect(repair.recordsAfter).toBe(repair.recordsBefore)
  expect((await storedOf(taskId)).csat_score).toBe(3)
  const { rows } = await sql<{ lane: string }>`
    select distinct f.lane from etl.load_window w join etl.fetch f using (fetch_id)
    where w.window_start >= ${new Date(MORNING[1])} and w.window_start < ${new Date(MORNING[3])}`.execute(centres.db)
  expect(rows).toEqual([{ lane: 'repair' }])
})

test('a certificate is the same whenever it is asked for, and anybody can compute its hash', async () => {
  const { code, answer } = await wxcc('certificate', '--date', DAY)
  const [certificate] = answer as Certificate[]
  const source = await getSource(centres.db, centres.all[0]!.dataSourceId)
  expect(await certifyDay(centres.db, source, LOADED.fromMs)).toEqual(certificate)
  const { sha256, ...rest } = certificate!
  expect(sha256).toBe(createHash('sha256').update(JSON.stringify(rest)).digest('hex'))
  expect({ code, ...rest }).toMatchObject({ code: 0, source: 'north', day: DAY, isComplete: true, isSealed: false })
  expect(rest.windows).toHaveLength(2 * 96)
  const { rows: held } = await sql<{ hash: string }>`
    select encode(sha256, 'hex') as hash from etl.raw_page where raw_page_id in (select csr_page_id from etl.task_source)`.execute(
    centres.db,
  )
  const hashes = new Set(rest.pages.map((page) => page.sha256))
  expect(held.length).toBeGreaterThan(1)
  expect(held.filter(({ hash }) => !hashes.has(hash))).toEqual([])
  // A day of which the ledger holds nothing is no proved day.
  const empty = await certifyDay(centres.db, source, LOADED.fromMs - DAY_MS)
  expect(empty).toMatchObject({ isComplete: false, windows: [] })
})

test('a count that the vendor refuses ends as a letter, and is asked again when a person says so', async () => {
  const { db } = centres
  await control('faults', [{ match: { path: '/search' }, times: 1, fault: { kind: 'status', status: 400 } }])
  const refused = await verify()
  expect(refused).toMatchObject({ ok: false, failedCounts: [{ code: 'vendor_bad_request' }] })
  const { fetchId } = refused.failedCounts[0]!

  const [letter, ...others] = await listDeadLetters(db, {})
  expect(others).toEqual([])
  expect(letter).toMatchObject({
    queue: 'count-windows',
    code: 'vendor_bad_request',
    dataSourceKey: 'north',
    fetch: { fetchId, kind: 'census', state: 'failed' },
  })
  const { answer } = await wxcc('dead-letters', 'replay', String(letter!.deadLetterId))
  expect(answer).toMatchObject([{ replay: 'fetched' }])
  await until('the count', async () => (await stateOf(fetchId)) === 'done')
  expect(await listDeadLetters(db, {})).toEqual([])
  const [settled] = await listDeadLetters(db, { ids: [letter!.deadLetterId] })
  expect(settled!.resolvedAt).not.toBeNull()
  expect(await replayLetter(db, settled!, LOADED.toMs)).toBe('stale')
})

test('a record that could not be mapped is mapped from the pages that are kept', async () => {
  const { db } = centres
  const { taskId } = tasks[2]!
  const { fetch_id: fetchId, data_source_id: dataSourceId } = await db
    .selectFrom('etl.task_source')
    .select(['fetch_id', 'data_source_id'])
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  const before = await db.selectFrom('etl.fetch').selectAll().where('fetch_id', '=', fetchId).executeTakeFirstOrThrow()
  await buryJob(db, {
    dataSourceId,
    queue: 'map-span',
    jobId: `map-span.north.${taskId}`,
    payload: { fetchId, generation: 1, recordId: taskId },
    code: 'mapping_failed',
    attempts: 1,
    traceId: null,
    nowMs: LOADED.toMs,
  })
  const [letter] = await listDeadLetters(db, { code: 'mapping_failed' })
  expect(await replayLetter(db, letter!, LOADED.toMs)).toBe('mapped')
  await until('the mapping', async () => (await stateOf(fetchId)) === 'mapped')
  const after = await db.selectFrom('etl.fetch').selectAll().where('fetch_id', '=', fetchId).executeTakeFirstOrThrow()
  expect(after).toMatchObject({ actual_requests: before.actual_requests, map_generation: before.map_generation + 1 })
})

async function stateOf(fetchId: number): Promise<string> {
  const row = await centres.db
    .selectFrom('etl.fetch')
    .select('state')
    .where('fetch_id', '=', fetchId)
    .executeTakeFirstOrThrow()
  return row.state
}
