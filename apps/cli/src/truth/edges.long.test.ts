import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { WINDOW_MS, floorToWindow } from '@wxcc/contracts/window'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CentrePlan, type Centres, startCentres } from './centres.testing.ts'
import { edgesOf, sessionIdAt, taskIdAt, writeRecordsAt } from './edge-records.testing.ts'
import { calendarOf } from './nine-metrics.testing.ts'

const at = (text: string) => Date.parse(text)
/** The last night is read for the first time while it is young; ten minutes on, another of its quarter hours would be over. */
const FIRST_LOOK = '2026-10-24T23:21:00Z'
const LIFE_ENDS = '2026-10-25T01:15:00Z'
/** The vendor does not say whether its bounds belong to a range. Half-open, the likeliest, is every other test's. */
const VENDORS = {
  'neither end belongs': { SIM_PERSONA: 'exclusive-edges' },
  'both ends belong': { SIM_WINDOW_BOUNDS: 'closed' },
} as const
/** Nights on which something about the calendar is odd: around midnight there, and where clocks change, around that too. */
const PLANS = [
  night('leap_day', 'neither end belongs', 'UTC', '2024-02-28T22:45Z', '2024-02-29T03:00Z'),
  night('day_after', 'both ends belong', 'UTC', '2024-02-29T22:45Z', '2024-03-01T03:00Z'),
  night('year_end', 'neither end belongs', 'UTC', '2025-12-31T22:45Z', '2026-01-01T03:00Z'),
  night('new_york_spring', 'both ends belong', 'America/New_York', '2026-03-08T03:30Z', '2026-03-08T07:45Z'),
  night('lord_howe_spring', 'neither end belongs', 'Australia/Lord_Howe', '2026-10-03T12:30Z', '2026-10-03T16:45Z'),
  night('berlin_autumn_open', 'neither end belongs', 'Europe/Berlin', '2026-10-24T21:00Z', LIFE_ENDS),
  night('berlin_autumn_closed', 'both ends belong', 'Europe/Berlin', '2026-10-24T21:00Z', LIFE_ENDS),
]

/** How wrong each worker's own clock is. */
const WRONG_BY_MS: Readonly<Record<string, number>> = {
  planner: 10 * 60_000,
  fetcher: -10 * 60_000,
  mapper: 10 * 60_000,
}

const database = useDatabase()
const redis = useRedis()
let folder: string
let centres: Centres

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-edges-'))
  const plans: CentrePlan[] = []
  for (const [at, { bounds, ...plan }] of PLANS.entries()) {
    const dataset = path.join(folder, plan.key)
    await writeRecordsAt(dataset, edgesOf(plan.loaded))
    const orgId = `77777777-7777-4777-8777-77777777777${at}`
    plans.push({ ...plan, orgId, vendor: VENDORS[bounds], dataset })
  }
  centres = await startCentres(
    {
      plans,
      seed: 1,
      tasksPerDay: 0,
      agents: 3,
      days: 1,
      firstLook: FIRST_LOOK,
      lifeEnds: LIFE_ENDS,
      settingsOf,
    },
    { databaseUrl: database.url(), redis },
    1,
  )
  await centres.passed(floorToWindow(at(FIRST_LOOK)))
  await centres.moveClock(at(LIFE_ENDS))
  await centres.loaded()
}, 600_000)
afterAll(async () => {
  await centres?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.each(PLANS)('$key, $bounds', ({ key, loaded, timeZone }) => {
  const inside = edgesOf(loaded).filter((timeMs) => timeMs >= loaded.fromMs && timeMs < loaded.toMs)
  const idOf = () => centres.all.find((centre) => centre.key === key)!.dataSourceId

  test.each([
    ['tasks', 'journey.conversation', 'source_task_id', 'conversation_start_time', taskIdAt],
    ['sessions', 'journey.agent_session', 'source_agent_session_id', 'login_time', sessionIdAt],
  ] as const)('%s: each is there once, and none that is not', async (_what, tableName, idColumn, timeColumn, idAt) => {
    const { rows } = await sql<{ id: string }>`
      select ${sql.ref(idColumn)} as id from ${sql.table(tableName)}
      where data_source_id = ${idOf()} and ${sql.ref(timeColumn)} >= ${new Date(loaded.fromMs)} and ${sql.ref(timeColumn)} < ${new Date(loaded.toMs)}
        and not is_deleted order by ${sql.ref(timeColumn)}`.execute(centres.db)
    expect(rows.map(({ id }) => id)).toEqual(inside.map(idAt))
  })

  test('each counts in its own quarter hour', async () => {
    const counts = Map.groupBy(inside, floorToWindow)
    const quarters = Array.from(
      { length: (loaded.toMs - loaded.fromMs) / WINDOW_MS },
      (_, at) => loaded.fromMs + at * WINDOW_MS,
    )
    const { rows } = await sql<{ stream: string; at: Date; state: string; stored: number; incomplete: number }>`
      select stream, window_start as at, state, stored, incomplete from etl.load_window
      where data_source_id = ${idOf()} order by stream desc, window_start`.execute(centres.db)
    const expected = ['task', 'agent_session'].flatMap((stream) =>
      quarters.map((quarter) => ({
        stream,
        at: new Date(quarter),
        stored: counts.get(quarter)!.length,
        incomplete: 0,
      })),
    )
    expect(rows.map(({ state: _state, ...row }) => row)).toEqual(expected)
    expect(
      [...new Set(rows.map(({ state }) => state))].filter((state) => state !== 'verified' && state !== 'sealed'),
    ).toEqual([])
  })

  test('each counts on its own day of the calendar there', async () => {
    const dayOf = calendarOf(timeZone)
    const days = [...Map.groupBy(inside, dayOf)].map(([day, times]) => ({ day: Number(day), tasks: times.length }))
    const { rows } = await sql<{ day: number; tasks: number }>`
      select start_date_key as day, count(*)::int as tasks from bi.fact_conversation
      where data_source_id = ${idOf()} and conversation_start_time >= ${new Date(loaded.fromMs)} and conversation_start_time < ${new Date(loaded.toMs)}
      group by 1 order by 1`.execute(centres.db)
    expect(rows).toEqual(days)
  })
})

test('nothing was asked for before its time had passed, whatever a worker’s own clock said', async () => {
  const { rows } = await sql`
    select f.fetch_id from etl.fetch f join etl.raw_page p using (fetch_id)
    where f.kind = 'span' and f.reason <> 'change' and p.fetched_at < f.range_end`.execute(centres.db)
  expect(rows).toEqual([])
})

test('spans were cut between quarter hours too', async () => {
  const { rows } = await sql<{ cuts: number }>`
    select count(*)::int as cuts from etl.fetch
    where kind = 'span' and reason <> 'change' and state = 'mapped' and extract(epoch from range_end)::bigint % 900 <> 0`.execute(
    centres.db,
  )
  expect(rows[0]!.cuts).toBeGreaterThan(0)
})

function settingsOf(app: string): Record<string, string> {
  const clock = pathToFileURL(path.join(import.meta.dirname, 'wrong-clock.testing.ts'))
  clock.searchParams.set('shiftMs', String(at(FIRST_LOOK) - Date.now() + WRONG_BY_MS[app]!))
  return {
    NODE_OPTIONS: `--import=${clock.href}`,
    // An answer of more is asked for again in halves: spans end on other seconds than quarter hours too.
    MAX_PAGE_BYTES: '215000',
  }
}

function night(key: string, bounds: keyof typeof VENDORS, timeZone: string, from: string, to: string) {
  return { key, bounds, timeZone, livesBy: timeZone, loaded: { fromMs: at(from), toMs: at(to) } }
}
