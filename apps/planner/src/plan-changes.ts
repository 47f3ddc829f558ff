import type { Stream } from '@wxcc/contracts/ledger'
import { DAY_MS } from '@wxcc/contracts/window'
import { newFetch } from '@wxcc/db/fetch-claim'
import { findFirstSpanPlannedAt, findLastChangePass, hasUnreadWindows } from '@wxcc/db/planning/change-pass'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { type Pass, findWatermark, raiseWatermark } from '@wxcc/db/planning/watermark'
import { chooseChangeRange } from './choose-change-range.ts'
import { streamsOf } from './load-range.ts'
import type { PlannedSource } from './planned-source.ts'

/** A page of records and one of activities, twice: a quarter hour's changes rarely fill more. */
const ESTIMATED_REQUESTS = 4

/** What a finished pass over a stream makes complete. Agent time is complete when every session that overlaps it was read. */
const PASSES = {
  task: ['task_change'],
  agent_session: ['agent_session_change', 'agent_time'],
  task_leg: ['task_leg_change'],
} as const satisfies Record<Stream, readonly [Pass, ...Pass[]]>

/**
 * Books finished change passes and plans the next ones, one per stream and closed quarter hour.
 *
 * A pass waits until the windows of the day before its boundary were read once, so that it brings what changed and not what is new. Older
 * windows do not hold it up: behind 13 months of history it would otherwise wait for days, and history brings its own newest state anyway.
 */
export async function planChanges(tx: PlannerTransaction, { source, range, nowMs }: PlannedSource): Promise<void> {
  const { dataSourceId } = source
  const boundaryMs = range.toMs
  for (const stream of streamsOf(source)) {
    const lastPass = await findLastChangePass(tx, dataSourceId, stream)
    let watermarkMs = await findWatermark(tx, dataSourceId, PASSES[stream][0])
    if (lastPass?.state === 'mapped' && lastPass.untilMs > (watermarkMs ?? -Infinity)) {
      for (const pass of PASSES[stream])
        await raiseWatermark(tx, { dataSourceId, pass, completeUntilMs: lastPass.untilMs, nowMs })
      watermarkMs = lastPass.untilMs
    }
    const isFirst = watermarkMs === undefined || watermarkMs <= range.fromMs
    const firstReadAtMs = isFirst ? await findFirstSpanPlannedAt(tx, dataSourceId, stream) : undefined
    const due = chooseChangeRange({
      stream,
      loadFromMs: range.fromMs,
      boundaryMs,
      watermarkMs,
      lastPass,
      firstReadAtMs,
    })
    if (due === undefined) continue
    if (await hasUnreadWindows(tx, { dataSourceId, stream, fromMs: boundaryMs - DAY_MS, untilMs: boundaryMs })) continue
    await newFetch(tx, {
      dataSourceId,
      kind: 'span',
      stream,
      range: due,
      reason: 'change',
      lane: 'live',
      estimatedRequests: ESTIMATED_REQUESTS,
      nowMs,
    })
  }
}
