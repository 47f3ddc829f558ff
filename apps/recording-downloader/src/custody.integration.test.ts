import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expectCaptures } from '@wxcc/db/capture'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DownloaderBench, openBench } from './bench.testing.ts'

const database = useDatabase()
const redis = useRedis()
const END_MS = Date.UTC(2025, 1, 10)
const MONTH_MS = 31 * 86_400_000
let simulator: RunningApp
let bench: DownloaderBench

beforeAll(async () => {
  simulator = await startSimulator({
    SIM_TASKS_PER_MONTH: '40',
    SIM_AGENTS: '6',
    SIM_MONTHS: '1',
    // Long after the last call: what a virtual clock has not shown by now, it never will.
    SIM_CLOCK_START: new Date(END_MS + 3_600_000).toISOString(),
    SIM_WORLD_UNTIL: new Date(END_MS).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
    SIM_LOST_RECORDINGS: '0.15',
  })
  bench = await openBench({ databaseUrl: database.url(), redis, simulatorUrl: simulator.url() })
})
afterAll(async () => {
  await bench?.close()
  await simulator?.stop()
})

interface TrueTask {
  readonly taskId: string
  readonly channel: string
}
interface TrueFile {
  readonly taskId: string
  readonly sizeBytes: number
  readonly sha256: string
}

const truth = async <T>(part: string) =>
  (await bench.control(`/truth/${part}?from=${END_MS - MONTH_MS}&to=${END_MS}`)) as T[]
const captures = () => bench.db.selectFrom('etl.capture').selectAll().orderBy('capture_id').execute()

/** What a planner does: ten due tasks a listing, until nothing is open; the clock goes to where the next is due. Answers listings of the first round. */
async function untilSettled(): Promise<number> {
  let first: number | undefined
  for (;;) {
    const nowMs = await bench.now()
    const open = (await captures()).filter((row) => row.state === 'expected')
    if (open.length === 0) return first ?? 0
    const due = open.filter((row) => (row.not_before?.getTime() ?? 0) <= nowMs)
    if (due.length === 0) {
      await bench.control('/clock', { nowMs: Math.min(...open.map((row) => row.not_before!.getTime())) })
      continue
    }
    const taskIds = [...new Set(due.map((row) => row.task_id))]
    let requests = 0
    for (let at = 0; at < taskIds.length; at += 10) {
      const fetchId = await bench.admit({ taskIds: taskIds.slice(at, at + 10) })
      await bench.run(fetchId)
      requests += (await bench.row(fetchId)).actual_requests
    }
    first ??= requests
  }
}

test('a month with faults ends in custody: every file is the vendor’s, every absence has its reason, nothing is left over', async () => {
  const { dataSourceId } = bench.source
  const tasks = await truth<TrueTask>('tasks')
  const expected = tasks.map(({ taskId, channel }) => ({
    taskId,
    conversationStartMs: END_MS - MONTH_MS,
    kind: channel === 'telephony' ? ('recording' as const) : ('transcript' as const),
    count: 1,
    by: 'policy' as const,
    notBeforeMs: null,
  }))
  const nowMs = await bench.now()
  await bench.db.transaction().execute((tx) => expectCaptures(tx, dataSourceId, expected, nowMs))
  const faults = ['expireLinks', 'expireMidDownload', 'cutBody', 'captureErrorPage', 'captureWrongLength']
  await bench.control(
    '/faults',
    faults.map((kind, at) => ({ match: { path: '/_files' }, skip: at, every: 5, times: 3, fault: { kind } })),
  )
  const firstRequests = await untilSettled()

  const rows = await captures()
  const stored = rows.filter((row) => row.state === 'stored')
  const files = await truth<TrueFile>('captures')
  const line = (taskId: string, bytes: number, sha256: string) => `${taskId} ${bytes} ${sha256}`
  expect(stored.map((row) => line(row.task_id, row.byte_size!, row.sha256!.toString('hex'))).toSorted()).toEqual(
    files.map((file) => line(file.taskId, file.sizeBytes, file.sha256)).toSorted(),
  )
  expect(stored.length).toBeGreaterThan(15)
  // What is not stored says why, and a fault that passes is no reason.
  const reasons = rows.filter((row) => row.state !== 'stored').map((row) => `${row.state} ${row.reason}`)
  expect(new Set(reasons)).toEqual(
    new Set(['not_available capture_listing_empty', 'not_available capture_not_included']),
  )

  const keys: string[] = []
  for await (const key of bench.objects.list('')) keys.push(key)
  expect(keys.toSorted()).toEqual(stored.map((row) => row.object_key!).toSorted())
  for (const row of stored) {
    const bytes = await bench.objects.get(row.object_key!)
    expect(createHash('sha256').update(bytes!).digest()).toEqual(row.sha256)
  }
  const [own] = await readdir(bench.spoolFolder)
  expect(await readdir(path.join(bench.spoolFolder, own!))).toEqual(['owner'])
  // The listings themselves, and one more for every link that had expired.
  const { faults: met } = (await bench.control('/faults')) as { faults: { fault: { kind: string }; hits: number }[] }
  expect(met.map(({ hits }) => hits)).toEqual(faults.map(() => 3))
  const links = met.filter(({ fault }) => fault.kind.startsWith('expire')).reduce((sum, { hits }) => sum + hits, 0)
  expect(firstRequests).toBeGreaterThanOrEqual(Math.ceil(tasks.length / 10))
  expect(firstRequests).toBeLessThanOrEqual(Math.ceil(tasks.length / 10) + links)
})
