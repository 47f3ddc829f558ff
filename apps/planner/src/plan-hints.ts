import { newFetch } from '@wxcc/db/fetch-claim'
import { takeHints, wakeCaptures } from '@wxcc/db/hint'
import { findLastChangePass } from '@wxcc/db/planning/change-pass'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { findWatermark } from '@wxcc/db/planning/watermark'
import { OVERLAP_MS } from './choose-change-range.ts'
import type { PlannedSource } from './planned-source.ts'

/** The vendor's index shows a task some seconds after its webhook was sent (webex-cc-api §3.13). */
const INDEX_LAG_MS = 10_000
/** One early pass brings every task that changed, so hints wait for each other: at most one pass a minute, however many come. */
const PACE_MS = 60_000
/** A page of tasks and one of activities. */
const ESTIMATED_REQUESTS = 2

/**
 * Acts on what webhooks told: a change pass over tasks before its quarter hour is over, and captures that are asked for now. A hint that never comes,
 * comes twice or is forged changes when something is known, never what.
 */
export async function planHints(tx: PlannerTransaction, { source, nowMs }: PlannedSource): Promise<void> {
  const { dataSourceId } = source
  const untilMs = nowMs - INDEX_LAG_MS
  const captures = await takeHints(tx, { dataSourceId, kind: 'capture', untilMs })
  if (captures.length > 0) await wakeCaptures(tx, { dataSourceId, taskIds: captures, nowMs })

  const lastPass = await findLastChangePass(tx, dataSourceId, 'task')
  const watermarkMs = await findWatermark(tx, dataSourceId, 'task_change')
  // Before the first pass everything is still to be read, and a source whose end is behind us reads nothing new.
  if (watermarkMs === undefined || lastPass?.state === 'open') return
  if (source.loadUntilMs !== null && source.loadUntilMs <= nowMs) return
  if (nowMs - Math.max(watermarkMs, lastPass?.untilMs ?? 0) < PACE_MS) return
  const tasks = await takeHints(tx, { dataSourceId, kind: 'task', untilMs })
  if (tasks.length === 0) return
  await newFetch(tx, {
    dataSourceId,
    kind: 'span',
    stream: 'task',
    range: { fromMs: watermarkMs - OVERLAP_MS, toMs: nowMs },
    reason: 'change',
    lane: 'live',
    estimatedRequests: ESTIMATED_REQUESTS,
    nowMs,
  })
}
