import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { bookFinishedFetches, countLoadedWindows, moveWindows, reopenDueFindings } from '@wxcc/db/planning/settle'
import { judgeWindow } from './judge-window.ts'

/** One index range each: a few hundred milliseconds at most. */
const WINDOWS_PER_TICK = 5_000

/**
 * Books mapped fetches onto their windows, counts what is stored in them and gives each its verdict. Runs after the mapper has committed,
 * so that two spans over one window cannot each miss the other's rows. Returns how many windows moved.
 */
export async function settleWindows(tx: PlannerTransaction, nowMs: number): Promise<number> {
  await reopenDueFindings(tx, nowMs)
  await bookFinishedFetches(tx, nowMs)
  const figures = await countLoadedWindows(tx, { nowMs, limit: WINDOWS_PER_TICK })
  const moves = figures.map((window) => judgeWindow(window, nowMs)).filter((move) => move !== undefined)
  await moveWindows(tx, moves, nowMs)
  return moves.length
}
