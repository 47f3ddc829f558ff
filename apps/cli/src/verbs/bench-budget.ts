import { setTimeout as sleep } from 'node:timers/promises'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { readBudgets } from '@wxcc/db/budget-status'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import { type LiveStages, readLiveStages } from '../bench/budget/live-stages.ts'
import { type LiveWindow, percentile95 } from '../bench/budget/live-windows.ts'
import { orgsOf } from '../bench/budget/orgs.ts'
import { watchVendor } from '../bench/budget/vendor-log.ts'
import { watchWindows } from '../bench/budget/watch-windows.ts'
import { type BudgetWorld, startBudgetWorld } from '../bench/budget/world.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface BudgetFlags {
  readonly seed: number
  readonly limit: number
  readonly speed: number
  readonly short?: boolean
  readonly json?: string
}

const STREAMS = 2
const CLIENTS = 3
const SOURCES_PER_CLIENT = 2
const SOURCES = CLIENTS * SOURCES_PER_CLIENT
const TASKS_PER_DAY = 40
/** What the vendor grants; the bench's limit is a part of it, as large as the machine can serve at this speed. */
const REAL_LIMIT = 300
const DAY_MS = 24 * 60 * 60_000
const HISTORY_DAYS = 60
/** A working morning. */
const START_MS = Date.parse('2026-11-18T10:00:00Z')
/** One in so many searches of each client id is refused although the limit was kept. */
const HOSTILE_EVERY = 150
const RETRY_AFTER_SECONDS = 20
/** So long a phase may take beyond its last quarter hour. */
const PATIENCE_MS = 60 * 60_000

/**
 * `wxcc bench budget`: eight workers, three client ids, a vendor that answers 429 without need. How soon live quarter hours are proved, first alone,
 * then behind a history of months; then Redis is emptied, and the next quarter hour has to be proved as well.
 */
export async function benchBudget(flags: BudgetFlags): Promise<void> {
  const quarters = flags.short ? 1 : 5
  const orgs = orgsOf({
    clients: CLIENTS,
    perClient: SOURCES_PER_CLIENT,
    tasksPerDay: TASKS_PER_DAY,
    seed: flags.seed,
  })
  console.log(`starting 8 workers and ${SOURCES} sources behind ${CLIENTS} client ids`)
  const world = await startBudgetWorld({
    orgs,
    limitPerMinute: flags.limit,
    speed: flags.speed,
    startMs: START_MS,
    historyDays: HISTORY_DAYS,
    loads: () => ({ fromMs: START_MS - 2 * WINDOW_MS, untilMs: null }),
  })
  try {
    await world.control('faults', hostileFaults(orgs.map(({ clientId }) => clientId)))
    const vendor = watchVendor(world.control)
    const measured = await measure(world, quarters)
    await vendor.stop()
    const figures = {
      maxPerSlidingMinute: Math.round((vendor.fullestMinute() * REAL_LIMIT) / flags.limit),
      ...measured,
      requests: vendor.requests(),
      throttled: vendor.throttled(),
    }
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      ),
    )
    const ok =
      figures.maxPerSlidingMinute <= REAL_LIMIT &&
      figures.attemptsSpentOn429 === 0 &&
      figures.unproved === 0 &&
      figures.liveP95Ratio <= 1.2
    if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
    if (!ok && !flags.short) process.exitCode = 1
  } finally {
    await world.stop()
  }
}

function hostileFaults(clientIds: readonly string[]) {
  return [...new Set(clientIds)].map((client) => ({
    match: { path: '/search', client },
    every: HOSTILE_EVERY,
    fault: { kind: 'status', status: 429, retryAfterSeconds: RETRY_AFTER_SECONDS },
  }))
}

async function measure(world: BudgetWorld, quarters: number) {
  const { db } = world
  console.log('live work alone')
  const aloneFromMs = await world.clock()
  const alone = await livePhase(world, quarters)
  const stagesAlone = await readLiveStages(db, aloneFromMs)
  await sql`update etl.data_source set load_from = ${new Date(START_MS - HISTORY_DAYS * DAY_MS)}`.execute(db)
  await untilHistoryIsPlanned(db)
  console.log(`live work in front of ${HISTORY_DAYS} days of history`)
  const sentBefore = await historyRequests(db)
  const besideFromMs = await world.clock()
  const beside = await livePhase(world, quarters)
  showStages(stagesAlone, await readLiveStages(db, besideFromMs))
  const historyWaiting = (await readBudgets(db, await world.clock())).reduce((sum, b) => sum + b.requestsWaiting, 0)
  const historySent = (await historyRequests(db)) - sentBefore
  console.log('Redis is emptied')
  await world.flushRedis()
  const flushed = await livePhase(world, 1)

  const all = [...alone, ...beside, ...flushed]
  const [p95Alone, p95Beside] = [p95Of(alone), p95Of(beside)]
  return {
    liveWindows: beside.length,
    unproved: all.filter(({ latencyMs }) => latencyMs === null).length,
    liveP95SecondsAlone: Math.round(p95Alone / 1_000),
    liveP95SecondsBesideHistory: Math.round(p95Beside / 1_000),
    liveP95SecondsAfterFlush: Math.round(p95Of(flushed) / 1_000),
    liveP95Ratio: Math.round((p95Beside / p95Alone) * 100) / 100,
    // History was there all the time: it sent these, and more of it still waited at the end.
    historyRequests: historySent,
    historyRequestsWaiting: historyWaiting,
    attemptsSpentOn429: await attemptsOn429(db),
  }
}

/** Opening months of windows takes seconds once, which at this speed are quarter hours. */
async function untilHistoryIsPlanned(db: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ fetches: number }>`
      select count(*)::int as fetches from etl.fetch where lane = 'history' and kind = 'census'`.execute(db)
    if (rows[0]!.fetches >= SOURCES * STREAMS * (HISTORY_DAYS - 2)) return
    await sleep(200)
  }
}

/** Quarter hours that close from now on, all streams and sources. The one that is open is let pass. */
async function livePhase(world: BudgetWorld, quarters: number): Promise<readonly LiveWindow[]> {
  const fromMs = Math.ceil((await world.clock()) / WINDOW_MS) * WINDOW_MS
  const toMs = fromMs + quarters * WINDOW_MS
  const expected = SOURCES * STREAMS * quarters
  return watchWindows(world, { fromMs, toMs, untilMs: toMs + PATIENCE_MS, expected })
}

/** For whoever wants to know what a ratio is made of. */
function showStages(alone: LiveStages, beside: LiveStages): void {
  const rows = (Object.keys(alone) as (keyof LiveStages)[]).map((stage) => [
    stage,
    String(alone[stage]),
    String(beside[stage]),
  ])
  console.log(table(['live fetches, p95 in seconds', 'alone', 'beside history'], rows))
}

function p95Of(windows: readonly LiveWindow[]): number {
  return percentile95(windows.map(({ latencyMs }) => latencyMs ?? Infinity))
}

async function historyRequests(db: Database): Promise<number> {
  const { rows } = await sql<{ requests: number }>`
    select coalesce(sum(requests), 0)::bigint as requests from etl.api_call where lane = 'history'`.execute(db)
  return rows[0]!.requests
}

/** Nothing but 429 goes wrong here, so every attempt that was spent was spent on one. */
async function attemptsOn429(db: Database): Promise<number> {
  const { rows } = await sql<{ attempts: number }>`
    select coalesce(sum(attempts), 0)::bigint as attempts from etl.fetch
    where last_code in ('vendor_throttled','budget_empty') and kind <> 'captures'`.execute(db)
  return rows[0]!.attempts
}
