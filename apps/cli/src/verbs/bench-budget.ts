import { setTimeout as sleep } from 'node:timers/promises'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { readBudgets } from '@wxcc/db/budget-status'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import { type LiveStages, readLiveStages } from '../bench/budget/live-stages.ts'
import { livePhase } from '../bench/budget/live-phase.ts'
import { type LiveWindow, percentile95 } from '../bench/budget/live-windows.ts'
import { orgsOf } from '../bench/budget/orgs.ts'
import { watchVendor } from '../bench/budget/vendor-log.ts'
import { type BudgetWorld, startBudgetWorld } from '../bench/budget/world.ts'
import { runPatientClock } from '../bench/patient-clock.ts'
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
const SOURCES_PER_CLIENT = 4
const SOURCES = CLIENTS * SOURCES_PER_CLIENT
const WINDOWS_PER_QUARTER = SOURCES * STREAMS
const QUARTERS = 3
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
const MAX_LIVE_RATIO = 1.2

/**
 * `wxcc bench budget`: eight workers, three client ids, a vendor that answers 429 without need. How soon live quarter hours are proved, first alone,
 * then behind a history of months; then Redis is emptied while a quarter hour is being read, and all of it has to be proved as well.
 */
export async function benchBudget(flags: BudgetFlags): Promise<void> {
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
    // The bench moves the clock.
    speed: 0,
    startMs: START_MS,
    historyDays: HISTORY_DAYS,
    loads: () => ({ fromMs: START_MS - WINDOW_MS, untilMs: null }),
  })
  try {
    await world.control('faults', hostileFaults(orgs.map(({ clientId }) => clientId)))
    const vendor = watchVendor(world.control)
    const measured = await measure(world, { quarters: flags.short ? 1 : QUARTERS, speed: flags.speed })
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
        Object.entries(figures).map(([name, value]) => [name, String(value ?? 'never')]),
      ),
    )
    const ok =
      figures.maxPerSlidingMinute <= REAL_LIMIT &&
      figures.attemptsSpentOn429 === 0 &&
      figures.unproved === 0 &&
      figures.liveP95Ratio !== null &&
      figures.liveP95Ratio <= MAX_LIVE_RATIO
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

async function measure(world: BudgetWorld, { quarters, speed }: { readonly quarters: number; readonly speed: number }) {
  const { db, log } = world
  const runClock = () => runPatientClock({ speed, advance: (advanceMs) => world.control('clock', { advanceMs }) })
  const clockOfAlone = runClock()
  const live = { quarters, windowsPerQuarter: WINDOWS_PER_QUARTER }
  // The first quarter hours also read the configuration.
  await livePhase(world, { ...live, quarters: 1 })
  console.log('live work alone')
  const aloneFromMs = await world.clock()
  const ticksBefore = log.ticks().length
  const alone = await livePhase(world, live)
  const stagesAlone = await readLiveStages(db, aloneFromMs)
  const ticksAlone = log.ticks(ticksBefore)
  await clockOfAlone.stop()
  await planHistory(db)
  const clock = runClock()
  // What of the new history is younger than two hours is live work as well: that is over after the first quarter hour.
  await livePhase(world, { ...live, quarters: 1 })
  console.log(`live work in front of ${HISTORY_DAYS} days of history`)
  const sentBefore = await historyRequests(db)
  const besideFromMs = await world.clock()
  const ticksBetween = log.ticks().length
  const beside = await livePhase(world, live)
  showStages(stagesAlone, await readLiveStages(db, besideFromMs))
  const ticksBeside = log.ticks(ticksBetween)
  const historyWaiting = (await readBudgets(db, await world.clock())).reduce((sum, b) => sum + b.requestsWaiting, 0)
  const historySent = (await historyRequests(db)) - sentBefore
  const flushed = await livePhase(world, {
    ...live,
    quarters: 1,
    async onUnderWay() {
      await world.flushRedis()
      console.log('Redis is emptied')
    },
  })

  await clock.stop()

  const all = [...alone, ...beside, ...flushed]
  const [p95Alone, p95Beside] = [p95Of(alone), p95Of(beside)]
  const on429 = ['vendor_throttled', 'budget_empty'].map((code) => log.attempts().get(code) ?? 0)
  return {
    liveWindows: beside.length,
    // Windows that were never opened are unproved as well.
    unproved: WINDOWS_PER_QUARTER * (2 * quarters + 1) - all.filter(({ latencyMs }) => latencyMs !== null).length,
    liveP95SecondsAlone: secondsOf(p95Alone),
    liveP95SecondsBesideHistory: secondsOf(p95Beside),
    liveP95SecondsAfterFlush: secondsOf(p95Of(flushed)),
    liveP95Ratio: p95Alone === null || p95Beside === null ? null : Math.round((p95Beside / p95Alone) * 100) / 100,
    // History was there all the time: it sent these, and more of it still waited at the end.
    historyRequests: historySent,
    historyRequestsWaiting: historyWaiting,
    attemptsSpentOn429: on429.reduce((sum, attempts) => sum + attempts, 0),
    attemptsSpent: [...log.attempts().values()].reduce((sum, attempts) => sum + attempts, 0),
    tickP95MsAlone: percentile95(ticksAlone),
    tickP95MsBesideHistory: percentile95(ticksBeside),
  }
}

/** Opening months of windows takes seconds once, which at this speed are quarter hours: the clock stands still meanwhile. */
async function planHistory(db: Database): Promise<void> {
  await sql`update etl.data_source set load_from = ${new Date(START_MS - HISTORY_DAYS * DAY_MS)}`.execute(db)
  for (let censuses = 0; censuses < SOURCES * STREAMS * (HISTORY_DAYS - 2);) {
    await sleep(200)
    const { rows } = await sql<{ fetches: number }>`
      select count(*)::int as fetches from etl.fetch where lane = 'history' and kind = 'census'`.execute(db)
    censuses = rows[0]!.fetches
  }
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

/** Null when too many were never proved. */
function p95Of(windows: readonly LiveWindow[]): number | null {
  const p95 = percentile95(windows.map(({ latencyMs }) => latencyMs ?? Infinity))
  return Number.isFinite(p95) ? p95 : null
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1_000)
}

async function historyRequests(db: Database): Promise<number> {
  const { rows } = await sql<{ requests: number }>`
    select coalesce(sum(requests), 0)::bigint as requests from etl.api_call where lane = 'history'`.execute(db)
  return rows[0]!.requests
}
