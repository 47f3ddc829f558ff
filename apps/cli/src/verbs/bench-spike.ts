import { setTimeout as sleep } from 'node:timers/promises'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { type BudgetStatus, readBudgets } from '@wxcc/db/budget-status'
import { sql } from 'kysely'
import { type BenchOrg, orgsOf } from '../bench/budget/orgs.ts'
import { watchVendor } from '../bench/budget/vendor-log.ts'
import { runPatientClock } from '../bench/patient-clock.ts'
import { watchWindows } from '../bench/budget/watch-windows.ts'
import { type BudgetWorld, startBudgetWorld } from '../bench/budget/world.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface SpikeFlags {
  readonly seed: number
  readonly limit: number
  readonly speed: number
  readonly short?: boolean
  readonly json?: string
}

const STREAMS = 2
/** One organisation is there all the time, one nine times as large for the length of the spike: ten times the traffic behind one client id. */
const TASKS_PER_DAY = 3_000
const TIMES_MORE = 9
const REAL_LIMIT = 300
const START_MS = Date.parse('2026-11-18T10:00:00Z')
const SPIKE_MS = 2 * 60 * 60_000
const SHORT_SPIKE_MS = 30 * 60_000
/** The last quarter hour has settled, and another one was counted and shows what comes without the spike. */
const AFTERWARDS_MS = 25 * 60_000
/** Longer than this a spike does not drain. */
const PATIENCE_MS = 4 * 60 * 60_000
const MAX_DRAIN_ERROR = 0.2

/**
 * `wxcc bench spike`: ten times the traffic for two hours under a limit that cannot bear it, Redis emptied in the middle; when it is drained, and
 * whether that was foretold.
 */
export async function benchSpike(flags: SpikeFlags): Promise<void> {
  const orgs = orgsOf({ clients: 1, perClient: 2, tasksPerDay: TASKS_PER_DAY, seed: flags.seed }).map((org, index) =>
    index === 0 ? org : { ...org, tasksPerDay: TIMES_MORE * TASKS_PER_DAY },
  )
  const spike = { fromMs: START_MS, toMs: START_MS + (flags.short ? SHORT_SPIKE_MS : SPIKE_MS) }
  console.log(`starting 8 workers; ten times the traffic for ${(spike.toMs - spike.fromMs) / 60_000} minutes`)
  const world = await startBudgetWorld({
    orgs,
    limitPerMinute: flags.limit,
    // The bench moves the clock.
    speed: 0,
    startMs: START_MS,
    historyDays: 1,
    loads: (org) => ({ fromMs: spike.fromMs, untilMs: org === orgs[0] ? null : spike.toMs }),
  })
  try {
    const vendor = watchVendor(world.control)
    const clock = runPatientClock({
      speed: flags.speed,
      advance: (advanceMs) => world.control('clock', { advanceMs }),
    })
    const measured = await measure(world, orgs, spike)
    await clock.stop()
    await vendor.stop()
    const figures = {
      ...measured,
      maxPerSlidingMinute: Math.round((vendor.fullestMinute() * REAL_LIMIT) / flags.limit),
      requests: vendor.requests(),
      throttled: vendor.throttled(),
    }
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      ),
    )
    const ok = figures.tasksLost === 0 && figures.unproved === 0 && Math.abs(figures.drainRatio - 1) <= MAX_DRAIN_ERROR
    if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
    if (!ok && !flags.short) process.exitCode = 1
  } finally {
    await world.stop()
  }
}

async function measure(world: BudgetWorld, orgs: readonly BenchOrg[], spike: { fromMs: number; toMs: number }) {
  await untilClock(world, (spike.fromMs + spike.toMs) / 2)
  console.log('the middle of the spike: Redis is emptied')
  await world.flushRedis()
  await untilClock(world, spike.toMs + AFTERWARDS_MS)
  const atMs = await world.clock()
  const foretold = await readBudget(world, atMs)
  const waiting = foretold.requestsUnderWay + foretold.requestsWaiting
  const predictedMs = (foretold.drainedAt?.getTime() ?? atMs) - atMs
  console.log(
    `the spike is over: ${waiting} requests wait, to be sent within ${Math.round(predictedMs / 60_000)} minutes`,
  )
  const drainedMs = await untilDrained(world, atMs + PATIENCE_MS)
  const expected = orgs.length * STREAMS * ((spike.toMs - spike.fromMs) / WINDOW_MS)
  const windows = await watchWindows(world, { ...spike, untilMs: atMs + PATIENCE_MS, expected })
  return {
    requestsWaitingAtEnd: waiting,
    budgetWasTheLimit: Number(foretold.isTheLimit),
    drainMinutesPredicted: round(predictedMs / 60_000, 1),
    drainMinutes: round((drainedMs - atMs) / 60_000, 1),
    drainRatio: round((drainedMs - atMs) / predictedMs, 2),
    windows: windows.length,
    unproved: windows.filter(({ latencyMs }) => latencyMs === null).length,
    ...(await countTasks(world, orgs, spike)),
  }
}

async function untilClock({ clock }: BudgetWorld, atMs: number): Promise<void> {
  while ((await clock()) < atMs) await sleep(100)
}

/** Until no request is outstanding, for the first time; answers when that was, by the clock. */
async function untilDrained(world: BudgetWorld, untilMs: number): Promise<number> {
  for (;;) {
    const nowMs = await world.clock()
    const { requestsUnderWay, requestsWaiting } = await readBudget(world, nowMs)
    if (requestsUnderWay + requestsWaiting === 0 || nowMs >= untilMs) return nowMs
    await sleep(100)
  }
}

async function readBudget({ db }: BudgetWorld, nowMs: number): Promise<BudgetStatus> {
  const [budget] = await readBudgets(db, nowMs)
  if (budget === undefined) throw new Error('no source is connected')
  return budget
}

/** What began during the spike, by the simulator's own word and by ours. */
async function countTasks(
  { db, control, sourceIds }: BudgetWorld,
  orgs: readonly BenchOrg[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  let [tasks, lost, doubled] = [0, 0, 0]
  for (const { key, orgId } of orgs) {
    const told = (await control(`truth/tasks?org=${orgId}&from=${fromMs}&to=${toMs}`)) as readonly unknown[]
    const { rows } = await sql<{ stored: number }>`
      select count(*) as stored from journey.conversation
      where data_source_id = ${sourceIds.get(key)!} and not is_deleted
        and conversation_start_time >= ${new Date(fromMs)} and conversation_start_time < ${new Date(toMs)}`.execute(db)
    tasks += told.length
    lost += Math.max(0, told.length - rows[0]!.stored)
    doubled += Math.max(0, rows[0]!.stored - told.length)
  }
  return { tasks, tasksLost: lost, tasksDoubled: doubled }
}

function round(value: number, places: number): number {
  return Math.round(value * 10 ** places) / 10 ** places
}
