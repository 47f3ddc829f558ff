import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { expireBefore } from '@wxcc/db/planning/retention'
import type { PlannedSource } from './planned-source.ts'

/** Lets what is older than the source's retention go, by the start of the conversation; recording-downloaders remove the files. */
export async function planRetention(tx: PlannerTransaction, { source, nowMs }: PlannedSource): Promise<void> {
  const { dataSourceId, retentionDays } = source
  if (retentionDays === null) return
  await expireBefore(tx, { dataSourceId, cutoffMs: floorToWindow(nowMs - retentionDays * DAY_MS), nowMs })
}
