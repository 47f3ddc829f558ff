import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { type ExpectedCapture, expectCaptures } from '@wxcc/db/capture'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type DownloaderBench, openBench } from './bench.testing.ts'

const database = useDatabase()
const redis = useRedis()
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2025, 1, 10)
let simulator: RunningApp
let bench: DownloaderBench
let ended: VendorTask[] = []
let recorded: string[] = []

beforeAll(async () => {
  simulator = await startSimulator({
    SIM_TASKS_PER_DAY: '200',
    SIM_AGENTS: '6',
    SIM_DAYS: '1',
    SIM_CLOCK_START: new Date(START_MS).toISOString(),
    SIM_WORLD_UNTIL: new Date(START_MS).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
  })
  bench = await openBench({ databaseUrl: database.url(), redis, simulatorUrl: simulator.url() })
  ended = await findEnded()
  recorded = ended.filter((task) => (task.recordingCount ?? 0) > 0).map(({ id }) => id)
})
afterEach(async () => {
  await bench.control('/faults', undefined, 'DELETE')
  // Whatever happened, nothing is left in the spool.
  const [own] = await readdir(bench.spoolFolder)
  const left = await readdir(path.join(bench.spoolFolder, own!))
  if (left.length !== 1) throw new Error(`left in the spool: ${left.length - 1} files`)
})
afterAll(async () => {
  await bench?.close()
  await simulator?.stop()
})

interface VendorTask {
  readonly id: string
  readonly channelType: string
  readonly captureRequested: boolean
  readonly recordingCount: number | null
  readonly status: string
}

/** Ended tasks, asked of the vendor as anyone would. */
async function findEnded(): Promise<VendorTask[]> {
  const form = {
    grant_type: 'refresh_token',
    client_id: 'simulated-client',
    client_secret: 'simulated-secret',
    refresh_token: 'simulated-refresh-token',
  }
  const granted = await fetch(`${simulator.url()}/v1/access_token`, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token } = (await granted.json()) as { access_token: string }
  const query = `{ taskDetails(from: ${START_MS - DAY_MS}, to: ${START_MS - 2 * 3_600_000}) { tasks { id channelType captureRequested recordingCount status } } }`
  const answer = await fetch(`${simulator.url()}/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data } = (await answer.json()) as { data: { taskDetails: { tasks: VendorTask[] } } }
  return data.taskDetails.tasks.filter((task) => task.status === 'ended')
}

async function expecting(taskId: string, how: Partial<ExpectedCapture> = {}): Promise<number> {
  const { dataSourceId } = bench.source
  const one = { taskId, conversationStartMs: START_MS - DAY_MS, kind: 'recording', count: 1, by: 'flag' } as const
  const nowMs = await bench.now()
  const rows = [{ ...one, notBeforeMs: null, ...how }]
  await bench.db.transaction().execute((tx) => expectCaptures(tx, dataSourceId, rows, nowMs))
  return bench.admit({ taskIds: [taskId] })
}

const recordings = (taskId: string) =>
  bench.db
    .selectFrom('etl.capture')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('kind', '=', 'recording')
    .orderBy('capture_id')
    .execute()
const aTask = () => recorded.pop()!
const makeDue = (taskId: string) =>
  bench.db.updateTable('etl.capture').set({ not_before: null }).where('task_id', '=', taskId).execute()

test('a recording is stored with what it is, under a key of its own, and its hash holds', async () => {
  const taskId = aTask()
  expect(await bench.run(await expecting(taskId))).toMatchObject({ kind: 'done' })
  const [row] = await recordings(taskId)
  expect(row).toMatchObject({
    state: 'stored',
    audio_channels: 2,
    sample_rate_hz: 8000,
    map_generation: 1,
    reason: null,
    findings: [],
    expected_by: 'flag',
  })
  expect([1, 2]).toContain(row!.agent_channel)
  expect(row!.duration_ms).toBeGreaterThan(0)
  const bytes = await bench.objects.get(row!.object_key!)
  expect(bytes).toHaveLength(row!.byte_size!)
  expect(createHash('sha256').update(bytes!).digest()).toEqual(row!.sha256)
})

test('a second run finds the row and downloads nothing', async () => {
  const taskId = aTask()
  await bench.run(await expecting(taskId))
  const before = await recordings(taskId)
  const again = await bench.admit({ taskIds: [taskId] })
  expect(await bench.run(again)).toMatchObject({ counts: { stored: 0, postponed: 0 } })
  expect(await recordings(taskId)).toEqual(before)
})

test('two workers of one task store one recording once', async () => {
  const taskId = aTask()
  const [one, two] = [await expecting(taskId), await bench.admit({ taskIds: [taskId] })]
  await Promise.all([bench.run(one), bench.run(two)])
  const rows = await recordings(taskId)
  expect(rows.map(({ state, map_generation }) => ({ state, map_generation }))).toEqual(
    rows.map(() => ({ state: 'stored', map_generation: 1 })),
  )
})

test('a cut body is resumed by byte range and arrives whole', async () => {
  const taskId = aTask()
  const fetchId = await expecting(taskId)
  await bench.control('/faults', [{ match: { path: '/_files', taskId }, times: 2, fault: { kind: 'cutBody' } }])
  await bench.run(fetchId)
  const { faults } = (await bench.control('/faults')) as { faults: { hits: number }[] }
  expect(faults[0]!.hits).toBe(2)
  const [row] = await recordings(taskId)
  expect(row!.state).toBe('stored')
  expect(await bench.objects.get(row!.object_key!)).toHaveLength(row!.byte_size!)
})

test('an expired link is asked for again', async () => {
  const taskId = aTask()
  const fetchId = await expecting(taskId)
  await bench.control('/faults', [{ match: { path: '/_files', taskId }, times: 1, fault: { kind: 'expireLinks' } }])
  await bench.run(fetchId)
  expect((await recordings(taskId))[0]!.state).toBe('stored')
  expect(await bench.row(fetchId)).toMatchObject({ state: 'done', actual_requests: 2 })
})

test.each([
  { kind: 'captureErrorPage', code: 'capture_not_audio' },
  { kind: 'captureWrongLength', code: 'capture_incomplete' },
])('$kind is never stored, and the capture is asked for again later', async ({ kind, code }) => {
  const taskId = aTask()
  const fetchId = await expecting(taskId)
  await bench.control('/faults', [{ match: { path: '/_files', taskId }, fault: { kind } }])
  await bench.run(fetchId)
  const rows = await recordings(taskId)
  expect(rows[0]).toMatchObject({ state: 'expected', reason: code, attempts: 1, object_key: null })
  expect(rows[0]!.not_before!.getTime()).toBeGreaterThan(await bench.now())
})

test('what the vendor does not list yet waits, and in the end is not available', async () => {
  const taskId = '00000000-0000-4000-8000-000000000000'
  for (let attempts = 1; attempts <= 7; attempts++) {
    await bench.run(attempts === 1 ? await expecting(taskId) : await bench.admit({ taskIds: [taskId] }))
    await makeDue(taskId)
    expect((await recordings(taskId))[0]).toMatchObject({
      attempts,
      reason: 'capture_listing_empty',
      state: attempts < 7 ? 'expected' : 'not_available',
    })
  }
})

test('a second part that the task counts and nobody lists is asked for again, and ends', async () => {
  const taskId = aTask()
  await bench.run(await expecting(taskId, { count: 20 }))
  // The vendor does not count what a virtual agent recorded, so it stands for none of them.
  const counted = async () => (await recordings(taskId)).filter((row) => row.call_type?.startsWith('va-') !== true)
  const rows = await counted()
  const stored = rows.filter((row) => row.state === 'stored')
  expect(stored.length).toBeGreaterThan(0)
  expect(rows).toHaveLength(20)
  expect(rows.filter((row) => row.reason === 'capture_listing_empty' && row.attempts === 1)).toHaveLength(
    20 - stored.length,
  )
  // Listed before they are due, for another capture of the task, they spend no attempt.
  await bench.run(await bench.admit({ taskIds: [taskId] }))
  expect(await counted()).toEqual(rows)
})

test('a sampled call without a recording is looked at once; one that has one is a finding', async () => {
  const without = ended.find((task) => task.channelType === 'telephony' && !task.captureRequested)!.id
  await bench.run(await expecting(without, { by: 'sample' }))
  expect(await recordings(without)).toMatchObject([
    { state: 'not_available', reason: 'capture_sample_empty', attempts: 1, not_before: null },
  ])
  const hit = aTask()
  await bench.run(await expecting(hit, { by: 'sample' }))
  expect((await recordings(hit))[0]).toMatchObject({ state: 'stored', findings: ['unflagged'] })
  // The task says by now that it was recorded: it is asked for like any other.
  await expecting(without)
  expect(await recordings(without)).toMatchObject([{ state: 'expected', expected_by: 'flag', attempts: 0 }])
})

test('every attachment that a transcript names has a row; what the vendor does not include has its reason', async () => {
  const written = ended.filter((task) => task.channelType === 'email').map(({ id }) => id)
  for (const taskId of written) await bench.run(await expecting(taskId, { kind: 'transcript', by: 'channel' }))
  const rows = await bench.db
    .selectFrom('etl.capture')
    .select(['kind', 'state', 'reason', 'expected_by'])
    .where('task_id', 'in', written)
    .where('kind', '=', 'attachment')
    .execute()
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) {
    expect(row).toEqual({
      kind: 'attachment',
      state: 'not_available',
      reason: 'capture_not_included',
      expected_by: 'transcript',
    })
  }
})

test('what retention took is not fetched again', async () => {
  const taskId = aTask()
  await bench.run(await expecting(taskId))
  const taken = { state: 'expired', reason: 'capture_retention', object_key: null }
  await bench.db.updateTable('etl.capture').set(taken).where('task_id', '=', taskId).execute()
  await bench.run(await bench.admit({ taskIds: [taskId] }))
  for (const row of await recordings(taskId)) expect(row).toMatchObject(taken)
})

test('no link, address or participant is in a log line or a row', async () => {
  const rows = await bench.db.selectFrom('etl.capture').selectAll().execute()
  expect(bench.lines.join('\n')).toContain('vendor_request')
  expect(JSON.stringify(rows) + bench.lines.join('\n')).not.toMatch(/X-Amz|_files|http:\/\/|participants|\+\d{3}/)
})
