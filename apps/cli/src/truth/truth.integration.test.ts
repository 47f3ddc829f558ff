import { connectDatabase } from '@wxcc/db/connect'
import { DAY_MS, WINDOW_MS } from '@wxcc/contracts/window'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calendarOf, perAgentAndDay, perDay, perQueueAndQuarterHour, wallQuarterOf } from './nine-metrics.testing.ts'
import {
  AGENT_DAILY,
  QUEUE_INTERVAL,
  QUEUE_WALL_QUARTER,
  SEED_DAILY,
  linesCalculated,
  linesReported,
} from './reported.testing.ts'
import { readTaskTotals } from './task-totals.testing.ts'
import { listDifferences } from './reconcile.testing.ts'
import { contentOf, forgetDerived, listDerivedTables, mapAgain, splitSpans } from './replay.testing.ts'
import { type Script, readScript } from './script.testing.ts'
import { type CentrePlan, type Centres, startCentres } from './centres.testing.ts'

const at = (text: string) => Date.parse(text)
/** The last centre is read while it is at work, and again when life has ended: tasks and log-ins are there in two states. */
const FIRST_LOOK = '2026-11-01T05:00:00Z'
const LIFE_ENDS = '2026-11-01T20:15:00Z'
/** Whole days of each centre's own calendar around a change of its clocks; the last one is still alive where the world stands. */
const PLANS: readonly (CentrePlan & { readonly clocksChangeAt: string })[] = [
  {
    key: 'new_york_spring',
    orgId: '11111111-1111-4111-8111-111111111111',
    timeZone: 'America/New_York',
    livesBy: 'Asia/Manila',
    clocksChangeAt: '2026-03-08T07:00Z',
    loaded: { fromMs: at('2026-03-07T05:00Z'), toMs: at('2026-03-10T04:00Z') },
  },
  {
    key: 'lord_howe_spring',
    orgId: '22222222-2222-4222-8222-222222222222',
    timeZone: 'Australia/Lord_Howe',
    livesBy: 'Europe/London',
    // By half an hour.
    clocksChangeAt: '2026-10-03T15:30Z',
    loaded: { fromMs: at('2026-10-02T13:30Z'), toMs: at('2026-10-05T13:00Z') },
  },
  {
    key: 'berlin_autumn',
    orgId: '33333333-3333-4333-8333-333333333333',
    timeZone: 'Europe/Berlin',
    livesBy: 'Pacific/Auckland',
    clocksChangeAt: '2026-10-25T01:00Z',
    loaded: { fromMs: at('2026-10-23T22:00Z'), toMs: at('2026-10-26T23:00Z') },
  },
  {
    key: 'new_york_autumn',
    orgId: '44444444-4444-4444-8444-444444444444',
    timeZone: 'America/New_York',
    livesBy: 'Asia/Manila',
    clocksChangeAt: '2026-11-01T06:00Z',
    loaded: { fromMs: at('2026-10-31T04:00Z'), toMs: at('2026-11-01T20:15Z') },
  },
]

const HOUR_MS = 60 * 60_000

const database = useDatabase()
const redis = useRedis()
let centres: Centres
let derived: string[]
let openAtFirstLook: string[]

beforeAll(async () => {
  const places = { databaseUrl: database.url(), redis }
  const db = connectDatabase({ url: places.databaseUrl, applicationName: 'wxcc-truth' })
  derived = await listDerivedTables(db)
  await db.destroy()
  centres = await startCentres(
    { plans: PLANS, seed: 4, tasksPerDay: 60, agents: 5, days: 245, firstLook: FIRST_LOOK, lifeEnds: LIFE_ENDS },
    places,
  )
  await centres.passed(at(FIRST_LOOK))
  openAtFirstLook = await listOpenTasks(centres)
  await centres.moveClock(at(LIFE_ENDS) + 60_000)
  await centres.loaded()
}, 240_000)
afterAll(() => centres?.stop())

describe.each(PLANS)('$key', ({ key, orgId, timeZone, loaded, clocksChangeAt }) => {
  let script: Script
  let dataSourceId: number
  beforeAll(async () => {
    script = await readScript(centres.simulatorUrl, orgId, loaded)
    dataSourceId = centres.all.find((centre) => centre.key === key)!.dataSourceId
  })

  test('people are at work while the clocks change, and at midnight', () => {
    const begun = script.engagements.map((one) => one.startTime)
    expect(begun.filter((time) => Math.abs(time - at(clocksChangeAt)) < HOUR_MS).length).toBeGreaterThan(3)
    const dayOf = calendarOf(timeZone)
    expect(begun.filter((time) => dayOf(time) !== dayOf(time + HOUR_MS)).length).toBeGreaterThan(3)
  })
  test('per day', async () => {
    const reported = await linesReported(centres.db, dataSourceId, SEED_DAILY)
    const calculated = linesCalculated(perDay(script, { timeZone, span: loaded }), SEED_DAILY)
    expect(reported.filter(isLoadedDay)).toEqual(calculated.filter(isLoadedDay))
  })
  test('per agent and day', async () => {
    const reported = await linesReported(centres.db, dataSourceId, AGENT_DAILY)
    const calculated = linesCalculated(perAgentAndDay(script, { timeZone, span: loaded }), AGENT_DAILY)
    expect(reported.filter(isLoadedDay)).toEqual(calculated.filter(isLoadedDay))
  })
  test('per queue and quarter hour', async () => {
    const onTheWall = wallQuarterOf(timeZone)
    const inUtc = (quarterMs: number) => new Date(quarterMs).toISOString()
    expect(await linesReported(centres.db, dataSourceId, QUEUE_INTERVAL)).toEqual(
      linesCalculated(perQueueAndQuarterHour(script, inUtc), QUEUE_INTERVAL),
    )
    expect(await linesReported(centres.db, dataSourceId, QUEUE_WALL_QUARTER)).toEqual(
      linesCalculated(perQueueAndQuarterHour(script, onTheWall), QUEUE_WALL_QUARTER),
    )
  })
  test('the day on which the clocks change has as many quarter hours as it has', async () => {
    const dayOf = calendarOf(timeZone)
    const quarters = new Map<string, number>()
    for (let time = loaded.fromMs - DAY_MS; time < loaded.toMs + DAY_MS; time += WINDOW_MS)
      quarters.set(dayOf(time), (quarters.get(dayOf(time)) ?? 0) + 1)
    const day = dayOf(at(clocksChangeAt))
    const { rows } = await sql<{ quarters: number }>`
      select quarter_hours as quarters from bi.dim_source_day
      where data_source_id = ${dataSourceId} and date_key = ${Number(day)}`.execute(centres.db)
    expect(rows).toEqual([{ quarters: quarters.get(day) }])
    expect(quarters.get(day)).not.toBe(96)
  })
  test('what the rows of a task add up to is what the vendor says of it', async () => {
    const refreshToken = centres.refreshTokenOf(key)
    const totals = await readTaskTotals(centres.simulatorUrl, { orgId, refreshToken }, loaded)
    const { compared, differences } = await listDifferences(centres.db, dataSourceId, totals)
    expect(differences).toEqual([])
    expect(compared).toBeGreaterThan(50)
    const { rows } = await sql<{ compared: number; reconciled: number; reasons: string | null }>`
      select count(*)::int as compared, count(*) filter (where is_reconciled)::int as reconciled,
        string_agg(distinct nullif(reason, ''), '; ') as reasons
      from bi.qa_task_reconciliation where data_source_id = ${dataSourceId}`.execute(centres.db)
    expect(rows).toEqual([{ compared, reconciled: compared, reasons: null }])
  })

  function isLoadedDay(line: string): boolean {
    const day = /\b\d{8}(?=:)/.exec(line)![0]
    const dayOf = calendarOf(timeZone)
    return day >= dayOf(loaded.fromMs) && day <= dayOf(loaded.toMs - 1)
  }
})

/** Conversations that are still going on. */
async function listOpenTasks({ db }: Centres): Promise<string[]> {
  const open = await db
    .selectFrom('journey.conversation')
    .select('source_task_id')
    .where('status', '=', 'In Progress')
    .where('is_deleted', '=', false)
    .execute()
  return open.map((row) => row.source_task_id)
}

test('the stored pages, the later ones before the earlier ones and some twice, by two mappers at once: the same rows', async () => {
  const { db } = centres
  const once = await contentOf(db)
  expect(derived).toContain('journey.engagement')
  expect(openAtFirstLook.length).toBeGreaterThan(0)
  await forgetDerived(db, derived)
  await centres.renewMappers()
  const { later, earlier } = await splitSpans(db)
  expect(earlier.length).toBeGreaterThan(5)
  await mapAgain(db, later)
  expect(await contentOf(db)).not.toEqual(once)
  await mapAgain(db, earlier)
  expect(await contentOf(db)).toEqual(once)
  await mapAgain(db, [...earlier.slice(0, 4), ...later.slice(-4)])
  expect(await contentOf(db)).toEqual(once)
}, 240_000)
