import { DAY_MS } from '@wxcc/contracts/window'
import { newFetch } from '@wxcc/db/fetch-claim'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { findLastLegCensus } from '@wxcc/db/planning/task-legs'
import type { PlannedSource } from './planned-source.ts'

/**
 * Asks the vendor once a day whether the organisation has task legs, by counting those of the last 24 hours: one request. The fetcher turns the
 * source's setting on when there are any.
 */
export async function askForLegs(tx: PlannerTransaction, { source, range, nowMs }: PlannedSource): Promise<void> {
  const { dataSourceId } = source
  if (source.taskLegs !== 'ask') return
  const askedAtMs = await findLastLegCensus(tx, dataSourceId)
  if (askedAtMs !== undefined && nowMs - askedAtMs < DAY_MS) return
  await newFetch(tx, {
    dataSourceId,
    kind: 'census',
    stream: 'task_leg',
    range: { fromMs: range.toMs - DAY_MS, toMs: range.toMs },
    reason: 'live',
    lane: 'live',
    estimatedRequests: 1,
    nowMs,
  })
}
