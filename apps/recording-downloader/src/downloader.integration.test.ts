import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expectCaptures } from '@wxcc/db/capture'
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
  recorded = await findRecorded()
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

/** Ids of ended, recorded calls, asked of the vendor as anyone would. */
async function findRecorded(): Promise<string[]> {
  const form = {
    grant_type: 'refresh_token',
    client_id: 'simulated-client',
    client_secret: 'simulated-secret',
    refresh_token: 'simulated-refresh-token',
  }
  const granted = await fetch(`${simulator.url()}/v1/access_token`, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token } = (await granted.json()) as { access_token: string }
  const query = `{ taskDetails(from: ${START_MS - DAY_MS}, to: ${START_MS - 2 * 3_600_000}) { tasks { id captureRequested recordingCount status } } }`
  const answer = await fetch(`${simulator.url()}/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data } = (await answer.json()) as {
    data: { taskDetails: { tasks: { id: string; recordingCount: number | null; status: string }[] } }
  }
  return data.taskDetails.tasks
    .filter((task) => (task.recordingCount ?? 0) > 0 && task.status === 'ended')
    .map(({ id }) => id)
}

async function expecting(taskId: string): Promise<number> {
  const { dataSourceId } = bench.source
  const rows = [{ taskId, conversationStartMs: START_MS - DAY_MS, kind: 'recording' as const }]
  const nowMs = await bench.now()
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
  })
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
    expect((await recordings(taskId))[0]).toMatchObject({
      attempts,
      reason: 'capture_listing_empty',
      state: attempts < 7 ? 'expected' : 'not_available',
    })
  }
})

test('no link, address or participant is in a log line or a row', async () => {
  const rows = await bench.db.selectFrom('etl.capture').selectAll().execute()
  expect(bench.lines.join('\n')).toContain('vendor_request')
  expect(JSON.stringify(rows) + bench.lines.join('\n')).not.toMatch(/X-Amz|_files|http:\/\/|participants|\+\d{3}/)
})
