import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import { openWindows } from '@wxcc/db/planning/open-windows'
import { type PlannerTransaction, asOnlyPlanner } from '@wxcc/db/planning/planner-transaction'
import type { Queues } from '@wxcc/queue/enqueue'
import type { Logger } from '@wxcc/telemetry/log'
import { admit } from './admit.ts'
import { deliver } from './delivery.ts'
import { ensureMonths } from './ensure-months.ts'
import { findLostJobs } from './find-lost-jobs.ts'
import { loadRange, streamsOf } from './load-range.ts'
import { planCaptures } from './plan-captures.ts'
import { planCensus } from './plan-census.ts'
import { planChanges } from './plan-changes.ts'
import { planConfiguration } from './plan-configuration.ts'
import { planHints } from './plan-hints.ts'
import { askForLegs } from './plan-legs.ts'
import { planLongWatch } from './plan-long-watch.ts'
import { planRetention } from './plan-retention.ts'
import { planSpans } from './plan-spans.ts'
import type { PlannedSource } from './planned-source.ts'
import { settleWindows } from './settle-windows.ts'
import { sweep } from './sweep.ts'
import { logAlarms, watchConnections } from './watch-connections.ts'

export interface Planner {
  readonly db: Database
  readonly queues: Queues
  readonly clock: Clock
  readonly log: Logger
  /** Full pages of records that one span may bring. */
  readonly spanPages: number
  /** How long tasks with captures wait until they are ten, ms. @default 10 s */
  readonly captureWaitMs?: number
  /** Months that cannot be partitioned, remembered over the life of the process. */
  readonly skippedMonths: Set<string>
  /** Ticks so far: whose history is cut into spans goes by it. Absent: everybody's, in every tick. */
  readonly turn?: { count: number }
}

/** What a tick did; all zero when there was nothing to do. */
export interface TickReport {
  readonly delivered: number
  readonly windowsSettled: number
  readonly fetchesPlanned: number
}

/**
 * One look at the ledger: take back what was left behind, settle what was mapped, plan what is due, admit what can be paid for; commit; enqueue.
 * Every step finds its work in the rows, so a tick that dies at any line is made good by the next one. Undefined when another planner is at it.
 */
export async function tick(planner: Planner): Promise<TickReport | undefined> {
  const { db, queues, log } = planner
  const nowMs = await planner.clock()
  const sources = (await listSources(db)).filter((source) => source.state === 'active')
  const turn = planner.turn === undefined ? undefined : planner.turn.count++ % Math.max(1, sources.length)
  const planned = sources.map((source, index): PlannedSource => ({
    source,
    range: loadRange(source, nowMs),
    nowMs,
    isHistoryTurn: turn === undefined || turn === index,
  }))
  if (planned.length > 0) {
    const fromMs = Math.min(...planned.map(({ range }) => range.fromMs))
    await ensureMonths(db, { fromMs, nowMs, skipped: planner.skippedMonths, log })
  }
  const lost = await findLostJobs(db, queues, nowMs)

  const plan = await asOnlyPlanner(db, async (tx) => {
    const mapping = await sweep(tx, lost, nowMs)
    const windowsSettled = await settleWindows(tx, nowMs)
    let fetchesPlanned = 0
    for (const one of planned) fetchesPlanned += await planSource(tx, one, planner)
    const alarms = await watchConnections(tx, nowMs)
    const fetching = await admit(tx, nowMs)
    return { deliveries: [...mapping, ...fetching], windowsSettled, fetchesPlanned, alarms }
  })
  if (plan === undefined) return undefined

  const { deliveries, windowsSettled, fetchesPlanned, alarms } = plan
  logAlarms(log, alarms)
  await deliver(queues, deliveries)
  return { delivered: deliveries.length, windowsSettled, fetchesPlanned }
}

async function planSource(
  tx: PlannerTransaction,
  planned: PlannedSource,
  { spanPages, captureWaitMs }: Planner,
): Promise<number> {
  const { source, range, nowMs } = planned
  for (const stream of streamsOf(source)) {
    await openWindows(tx, {
      dataSourceId: source.dataSourceId,
      stream,
      fromMs: range.fromMs,
      untilMs: range.toMs,
      nowMs,
    })
  }
  await planRetention(tx, planned)
  await planConfiguration(tx, planned)
  await askForLegs(tx, planned)
  const censuses = await planCensus(tx, planned)
  const spans = await planSpans(tx, planned, spanPages)
  await planChanges(tx, planned)
  await planHints(tx, planned)
  const watches = await planLongWatch(tx, planned)
  const captures = await planCaptures(tx, planned, captureWaitMs)
  return censuses + spans + watches + captures
}
