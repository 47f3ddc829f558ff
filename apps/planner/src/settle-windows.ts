import { scheduleChecks } from '@wxcc/db/planning/checks'
import { countStoredWindows } from '@wxcc/db/planning/count-stored'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { bookFinishedFetches, moveWindows, reopenDueFindings } from '@wxcc/db/planning/settle'
import { judgeWindow } from './judge-window.ts'

/** One index range each: 0.6 ms for 350 tasks (two busy cores, 2026-11-23), so about a second. */
const WINDOWS_PER_TICK = 2_000

/**
 * Books mapped fetches onto their windows, counts what is stored in them and in those with a new census, and gives each its verdict; then says when
 * the proved ones are looked at again. Runs after the mapper has committed, so that two spans over one window cannot each miss the other's rows.
 * Returns how many windows moved.
 */
export async function settleWindows(tx: PlannerTransaction, nowMs: number): Promise<number> {
  await reopenDueFindings(tx, nowMs)
  await bookFinishedFetches(tx, nowMs)
  const figures = await countStoredWindows(tx, { nowMs, limit: WINDOWS_PER_TICK })
  const moves = figures.map((window) => judgeWindow(window, nowMs)).filter((move) => move !== undefined)
  await moveWindows(tx, moves, nowMs)
  const sealed = await scheduleChecks(tx, nowMs)
  return moves.length + sealed
}
