import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { expireCaptures, expireWindows } from '@wxcc/db/planning/retention'
import type { PlannedSource } from './planned-source.ts'

/** Lets go what is older than the source keeps it; recording-downloaders remove the objects, and what is personal. */
export async function planRetention(tx: PlannerTransaction, { source, nowMs }: PlannedSource): Promise<void> {
  const { dataSourceId, retention } = source
  const aged = (days: number) => ({ dataSourceId, cutoffMs: floorToWindow(nowMs - days * DAY_MS), nowMs })
  const { recordings, transcripts, pages } = retention
  if (pages !== null) await expireWindows(tx, aged(pages))
  if (recordings !== null) await expireCaptures(tx, { ...aged(recordings), kinds: ['recording'] })
  if (transcripts !== null) await expireCaptures(tx, { ...aged(transcripts), kinds: ['transcript', 'attachment'] })
}
