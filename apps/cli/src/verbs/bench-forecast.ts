import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DAY_MS } from '@wxcc/contracts/window'
import { listHistories } from '@wxcc/db/history'
import { standingOf } from '@wxcc/db/history-progress'
import { sql } from 'kysely'
import { orgsOf } from '../bench/budget/orgs.ts'
import { type BudgetWorld, startBudgetWorld } from '../bench/budget/world.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface ForecastFlags {
  readonly seed: number
  readonly tasksPerDay: number
  readonly speed: number
  readonly short?: boolean
  readonly json?: string
}

const START_MS = Date.parse('2026-11-20T10:00:00Z')
const DAYS = 60
const SHORT_DAYS = 15
/** Loaded before the history is planned, so that the forecast has records of this source to measure by. */
const KNOWN_DAYS = 2
const SPAN_PAGES = 8
/** No recordings: they are not in the forecast. */
const WORKERS = ['planner', 'fetcher', 'fetcher', 'mapper', 'mapper']
/** So far, of ten, when Redis is emptied. */
const FLUSHED_AT = 5
const LIMIT_PER_MINUTE = 300
const MAX_ERROR = 0.1

interface Planned {
  readonly requests: number
  readonly byteSize: number
  readonly records: Readonly<Record<string, number>>
}

/** `wxcc bench forecast`: what `wxcc plan history` said it would take, against what it took, though Redis is emptied on the way. */
export async function benchForecast(flags: ForecastFlags): Promise<void> {
  const days = flags.short ? SHORT_DAYS : DAYS
  const orgs = orgsOf({ clients: 1, perClient: 1, tasksPerDay: flags.tasksPerDay, seed: flags.seed })
  const key = orgs[0]!.key
  const world = await startBudgetWorld({
    orgs,
    limitPerMinute: LIMIT_PER_MINUTE,
    speed: flags.speed,
    startMs: START_MS,
    historyDays: days + KNOWN_DAYS,
    workers: WORKERS,
    spanPages: SPAN_PAGES,
    // A frozen end: what is measured is history, not the live edge beside it.
    loads: () => ({ fromMs: START_MS - KNOWN_DAYS * DAY_MS, untilMs: START_MS }),
  })
  try {
    console.log(`loading ${KNOWN_DAYS} days, then planning the ${days} before them`)
    await untilProved(world, START_MS - KNOWN_DAYS * DAY_MS)
    const planned = JSON.parse(
      await command(world, 'plan', 'history', '--source', key, '--months', '3', '--json'),
    ) as Planned
    await command(world, 'apply', '--source', key)
    const actual = await untilDone(world, world.sourceIds.get(key)!)
    const { rows } = await sql<{ bytes: number }>`
      select coalesce(sum(p.byte_size), 0)::bigint as bytes from etl.raw_page p join etl.fetch f using (fetch_id)
      where f.reason <> 'change' and f.range_start < ${new Date(START_MS - KNOWN_DAYS * DAY_MS)}`.execute(world.db)
    const figures = {
      days,
      records: Object.values(planned.records).reduce((sum, count) => sum + count, 0),
      requestsForecast: planned.requests,
      requestsActual: actual,
      requestsRatio: Math.round((actual / planned.requests) * 100) / 100,
      bytesForecast: planned.byteSize,
      bytesActual: rows[0]!.bytes,
      bytesRatio: Math.round((rows[0]!.bytes / planned.byteSize) * 100) / 100,
    }
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      ),
    )
    const ok = Math.abs(figures.requestsRatio - 1) <= MAX_ERROR
    if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
    if (!ok && !flags.short) process.exitCode = 1
  } finally {
    await world.stop()
  }
}

async function command(world: BudgetWorld, ...args: string[]): Promise<string> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const env = { PATH: process.env['PATH'] ?? '', ...world.settings }
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { env }).catch((error: unknown) => {
    // Its own reason, not that it ended.
    const said = (error as { readonly stderr?: string }).stderr?.trim()
    throw new Error(`wxcc ${args[0]}: ${said}`, { cause: error })
  })
  return stdout
}

/** Until every quarter hour from here on is proved, and no pass is under way that would be counted as history. */
async function untilProved({ db }: BudgetWorld, fromMs: number): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ all: number; proved: number; open: number }>`
      select count(*) as all, count(*) filter (where state in ('verified','sealed')) as proved,
        (select count(*) from etl.fetch where state in ('pending','queued','running','fetched') and kind <> 'captures') as open
      from etl.load_window where window_start >= ${new Date(fromMs)}`.execute(db)
    const { all, proved, open } = rows[0]!
    if (all > 0 && all === proved && open === 0) return
    await sleep(250)
  }
}

/** The requests it took, once every quarter hour of it is proved. Redis is emptied in the middle. */
async function untilDone({ db, flushRedis }: BudgetWorld, dataSourceId: number): Promise<number> {
  for (let said = -1; ;) {
    const [history] = await listHistories(db, dataSourceId)
    if (history !== undefined && standingOf(history) === 'done') return history.requestsSent
    const part =
      history === undefined || history.windows === 0 ? 0 : Math.floor((history.windowsProved / history.windows) * 10)
    if (part !== said) {
      if (said < FLUSHED_AT && part >= FLUSHED_AT) {
        await flushRedis()
        console.log('Redis is emptied')
      }
      said = part
      console.log(
        `  ${history?.windowsProved ?? 0}/${history?.windows ?? 0} quarter hours proved, ${history?.requestsSent ?? 0} requests`,
      )
    }
    await sleep(500)
  }
}
