import { setTimeout as sleep } from 'node:timers/promises'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import { type LiveWindow, listLiveWindows } from './live-windows.ts'
import { watchWindows } from './watch-windows.ts'
import type { BudgetWorld } from './world.ts'

/** A quarter hour is due when it is closed and settled; the clock leaps to a little before that. */
const BEFORE_DUE_MS = 10_000
const LOOK_MS = 200
/** So long a quarter hour may take once it is due. */
const PATIENCE_MS = 60 * 60_000

/**
 * Quarter hours one after the other, all streams and sources: the clock leaps to when the next one is due, and the next leap waits until all
 * windows of this one are proved. `onUnderWay` is called in the middle of each, when the first of its windows are proved. Answers the first proof of each window.
 */
export async function livePhase(
  world: BudgetWorld,
  phase: { readonly quarters: number; readonly windowsPerQuarter: number; readonly onUnderWay?: () => Promise<void> },
): Promise<readonly LiveWindow[]> {
  const settleMs = await readSettleMs(world)
  const found: LiveWindow[] = []
  for (let quarter = 0; quarter < phase.quarters; quarter++) {
    const fromMs = Math.ceil(((await world.clock()) - settleMs - WINDOW_MS) / WINDOW_MS) * WINDOW_MS
    const range = { fromMs, toMs: fromMs + WINDOW_MS }
    const dueMs = range.toMs + settleMs
    if ((await world.clock()) < dueMs - BEFORE_DUE_MS) await world.control('clock', { nowMs: dueMs - BEFORE_DUE_MS })
    if (phase.onUnderWay !== undefined) {
      await untilUnderWay(world, range)
      await phase.onUnderWay()
    }
    const windows = await watchWindows(world, {
      ...range,
      untilMs: dueMs + PATIENCE_MS,
      expected: phase.windowsPerQuarter,
    })
    found.push(...windows)
  }
  return found
}

async function readSettleMs({ db }: BudgetWorld): Promise<number> {
  const { rows } = await sql<{ settle: number }>`select max(settle_ms) as settle from etl.data_source`.execute(db)
  return rows[0]!.settle
}

/** Until some of the windows are proved and others are not. */
async function untilUnderWay({ db }: BudgetWorld, range: { readonly fromMs: number; readonly toMs: number }) {
  for (;;) {
    const windows = [...(await listLiveWindows(db, range)).values()]
    if (windows.some(({ latencyMs }) => latencyMs !== null)) return
    await sleep(LOOK_MS)
  }
}
