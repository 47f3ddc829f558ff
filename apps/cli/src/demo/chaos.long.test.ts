import { hashJourney } from '@wxcc/db/journey/content-hash'
import { until } from '@wxcc/testing/until'
import { Redis } from 'ioredis'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { DEMO_DEFAULTS, type DemoOptions } from './demo-options.ts'
import { isComplete } from './progress.ts'
import { measureDay, watchDay } from './run-demo.ts'
import { readTwoSides } from './truth.testing.ts'
import { type Demo, WORKERS, type WorkerName, startDemo } from './start-demo.ts'

/** A small day, the same in every run: what is compared depends on nothing but the seed. */
const DAY: DemoOptions = {
  ...DEMO_DEFAULTS,
  once: true,
  seed: 11,
  tasksPerDay: 160,
  agents: 10,
  atMs: Date.parse('2026-11-20T10:07:00Z'),
  leaseMs: 3_000,
}
const DAY_TIMEOUT_MS = 240_000

/** Runs the day to its end; `disturb` works on it meanwhile. */
async function runDay(options: DemoOptions, disturb: (demo: Demo) => Promise<void>) {
  const demo = await startDemo(options, () => {})
  try {
    const watching = watchDay(demo, { startedMs: performance.now(), say: () => {} })
    await disturb(demo)
    const day = await watching
    const { figures } = await measureDay(demo, day, options.seed)
    return {
      isComplete: isComplete(day.progress),
      progress: day.progress,
      restarted: restartedWorkers(demo),
      sides: await readTwoSides(demo),
      figures,
      rows: await liveRows(demo),
    }
  } finally {
    await demo.stop()
  }
}

/** Hash and count of every `journey.*` table. Whether a row was derived for a moment and then withdrawn depends on the order of work. */
async function liveRows(demo: Demo): Promise<object> {
  const { tables } = await hashJourney(demo.db)
  return Object.fromEntries(tables.map(({ table, rows, sha256 }) => [table, `${rows} rows ${sha256}`]))
}

function restartedWorkers(demo: Demo): WorkerName[] {
  return WORKERS.filter((worker) =>
    demo.workers.some((running) => running.worker === worker && running.app.restarts() > 0),
  )
}

/** What shows in the ledger that a worker of this kind is in the middle of something. */
const HOLDING: Record<Exclude<WorkerName, 'planner'>, string> = {
  fetcher: `select from etl.fetch where state = 'running' and kind = 'span'`,
  mapper: `select from etl.fetch where state = 'fetched' and lease_until is not null`,
  'recording-downloader': `select from etl.capture where state = 'downloading'`,
}

async function killAll(demo: Demo, worker: WorkerName): Promise<void> {
  const before = demo.workers.filter((running) => running.worker === worker)
  for (const { app } of before) process.kill(app.pid(), 'SIGKILL')
}

async function killWhileHolding(demo: Demo, worker: Exclude<WorkerName, 'planner'>): Promise<void> {
  await until(
    `a ${worker} to hold a job`,
    async () =>
      (await sql<{ held: boolean }>`select exists (${sql.raw(HOLDING[worker])}) as held`.execute(demo.db)).rows[0]!
        .held,
    { timeoutMs: 60_000, everyMs: 2 },
  )
  await killAll(demo, worker)
}

async function flushRedis(demo: Demo): Promise<void> {
  const redis = new Redis(demo.redis.url)
  await redis.flushall()
  await redis.quit()
}

/** `kill -9` of every worker while it holds a job, and a flush in between. */
async function disturb(demo: Demo): Promise<void> {
  // The vendor is slow for a while, so that a fetch can be caught in the act.
  await fetch(`${demo.simulatorUrl}/_sim/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ match: { path: '/search' }, times: 6, fault: { kind: 'delay', delayMs: 400 } }]),
  })
  await killWhileHolding(demo, 'fetcher')
  await killAll(demo, 'planner')
  await killWhileHolding(demo, 'mapper')
  await flushRedis(demo)
  await killWhileHolding(demo, 'recording-downloader')
}

describe('a day whose workers are killed and whose Redis is flushed', () => {
  let undisturbed: Awaited<ReturnType<typeof runDay>>

  beforeAll(async () => {
    undisturbed = await runDay(DAY, async () => {})
  }, DAY_TIMEOUT_MS)

  test('undisturbed, it is complete and equals the script', () => {
    const { figures } = undisturbed
    expect(undisturbed.restarted).toEqual([])
    expect(undisturbed.progress).toMatchObject({ windowsFinal: 0, fetchesFailed: 0, deadLetters: 0 })
    expect(figures.conversations).toBe(figures.truthTasks)
    expect(figures.engagementsEqual).toBe(figures.truthEngagements)
    expect(figures.engagements).toBe(figures.truthEngagements)
    for (const [what, { script, database }] of Object.entries(undisturbed.sides)) {
      expect(script.length, what).toBeGreaterThan(0)
      expect(database, what).toEqual(script)
    }
    expect(figures.recordingsStored).toBe(figures.recordingsExpected)
    expect(figures.windowsVerified).toBe(figures.windowsTotal)
  })

  test.each([{ workers: 1 }, { workers: 2 }])(
    'with $workers of every worker it still ends in the same rows',
    async ({ workers }) => {
      const disturbed = await runDay({ ...DAY, workers }, disturb)
      expect(disturbed.restarted).toEqual(WORKERS)
      expect(disturbed.isComplete).toBe(true)
      expect(disturbed.rows).toEqual(undisturbed.rows)
    },
    DAY_TIMEOUT_MS,
  )
})
