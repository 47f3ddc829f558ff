import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { listUnprovedWindows } from '@wxcc/db/ledger-status'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { windowLine } from '../window-line.ts'
import { DEMO_DEFAULTS, type DemoOptions } from './demo-options.ts'
import { isComplete } from './progress.ts'
import { measureDay, watchDay } from './run-demo.ts'
import { type Demo, startDemo } from './start-demo.ts'

const DAY: DemoOptions = {
  ...DEMO_DEFAULTS,
  once: true,
  seed: 5,
  tasksPerDay: 150,
  agents: 10,
  atMs: Date.parse('2026-11-20T10:07:00Z'),
}
const TIMEOUT_MS = 240_000

async function withDemo<T>(options: DemoOptions, use: (demo: Demo) => Promise<T>): Promise<T> {
  const demo = await startDemo(options, () => {})
  try {
    return await use(demo)
  } finally {
    await demo.stop()
  }
}

const watch = (demo: Demo) => watchDay(demo, { startedMs: performance.now(), say: () => {} })

test(
  'the Redis from npm carries a day, for people without a Redis',
  async () => {
    await withDemo({ ...DAY, npmRedis: true }, async (demo) => {
      expect(demo.redis.kind).toBe('npm')
      const day = await watch(demo)
      expect(isComplete(day.progress)).toBe(true)
      const { figures } = await measureDay(demo, day, DAY.seed)
      expect(figures.engagementsEqual).toBe(figures.truthEngagements)
    })
  },
  TIMEOUT_MS,
)

test(
  'five rows dropped silently: the day is not complete, and exactly their windows are named',
  async () => {
    await withDemo({ ...DAY, dropRows: 5 }, async (demo) => {
      const day = await watch(demo)
      expect(isComplete(day.progress)).toBe(false)
      const { ok } = await measureDay(demo, day, DAY.seed)
      expect(ok).toBe(false)

      const { droppedTasks } = (await (await fetch(`${demo.simulatorUrl}/_sim/faults`)).json()) as {
        droppedTasks: string[]
      }
      expect(droppedTasks).toHaveLength(5)
      const truth = (await (await fetch(`${demo.simulatorUrl}/_sim/truth/tasks`)).json()) as {
        taskId: string
        createdTime: number
      }[]
      const wanted = truth
        .filter((task) => droppedTasks.includes(task.taskId))
        .map((task) => new Date(Math.floor(task.createdTime / 900_000) * 900_000).toISOString())
      const unproved = await listUnprovedWindows(demo.db, 1_000)
      expect(new Set(unproved.map((window) => window.windowStart.toISOString()))).toEqual(new Set(wanted))
      for (const window of unproved) expect(windowLine(window)).toContain('rows_missing')
    })
  },
  TIMEOUT_MS,
)

test(
  'a second run over kept data, and reading everything once more, move no updated_at',
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-kept-'))
    try {
      const kept = { ...DAY, dataDir: path.join(folder, 'data') }
      const first = await withDemo(kept, async (demo) => {
        await watch(demo)
        return readTimes(demo)
      })
      const second = await withDemo(kept, async (demo) => {
        const day = await watch(demo)
        expect(isComplete(day.progress)).toBe(true)
        expect(await readTimes(demo)).toEqual(first)
        await readAllAgain(demo)
        return readTimes(demo)
      })
      expect(second).toEqual(first)
      expect(await readdir(path.join(kept.dataDir, 'spool', 'recording-downloader-1')).catch(() => [])).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  TIMEOUT_MS,
)

/** Every window is planned again, as a repair would, and the day is watched to its end once more. */
async function readAllAgain(demo: Demo): Promise<void> {
  const { rows } = await sql<{ last: number }>`select max(fetch_id) as last from etl.fetch`.execute(demo.db)
  await demo.db
    .updateTable('etl.load_window')
    .set({ state: 'planned', fetch_id: null, next_check_at: null, attempts: 0 })
    .where('expected', '>', 0)
    .execute()
  const day = await watch(demo)
  expect(isComplete(day.progress)).toBe(true)
  const again = await sql<{ fetches: number }>`
    select count(*) as fetches from etl.fetch where fetch_id > ${rows[0]!.last} and kind = 'span' and state = 'mapped'`.execute(
    demo.db,
  )
  expect(again.rows[0]!.fetches).toBeGreaterThan(0)
}

/** How many rows each table of facts has, and when the newest of them last changed. */
async function readTimes(demo: Demo): Promise<unknown> {
  const tables = [
    'conversation',
    'engagement',
    'turn',
    'agent_session',
    'agent_state_interval',
    'activity',
    'media_file',
    'agent',
    'queue',
    'contact',
    'customer',
  ]
  return Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{ rows: number; newest: Date }>`
        select count(*) as rows, max(updated_at) as newest from ${sql.table(`journey.${table}`)}`.execute(demo.db)
      return { table, ...rows[0]! }
    }),
  )
}
