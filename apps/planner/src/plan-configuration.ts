import { floorToDay } from '@wxcc/contracts/window'
import { newFetch } from '@wxcc/db/fetch-claim'
import { findLastConfigurationFetch } from '@wxcc/db/planning/configuration'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { raiseWatermark } from '@wxcc/db/planning/watermark'
import type { PlannedSource } from './planned-source.ts'

/** One request per entity and page of a hundred: users, teams, queues, sites, entry points, codes of a mid-size centre. */
const ESTIMATED_REQUESTS = 10

/** One configuration fetch per source and UTC day. A failed one waits for the next day, or for whoever replays its dead letter. */
export async function planConfiguration(tx: PlannerTransaction, { source, nowMs }: PlannedSource): Promise<void> {
  const { dataSourceId } = source
  const last = await findLastConfigurationFetch(tx, dataSourceId)
  if (last?.doneAtMs != null) {
    await raiseWatermark(tx, { dataSourceId, pass: 'configuration', completeUntilMs: last.doneAtMs, nowMs })
  }
  if (last !== undefined && floorToDay(last.createdAtMs) >= floorToDay(nowMs)) return
  await newFetch(tx, {
    dataSourceId,
    kind: 'configuration',
    reason: 'live',
    lane: 'live',
    estimatedRequests: ESTIMATED_REQUESTS,
    nowMs,
  })
}
