import { setTimeout as sleep } from 'node:timers/promises'
import type { BudgetWorld } from './world.ts'
import { type LiveWindow, listLiveWindows } from './live-windows.ts'

const LOOK_MS = 200

/**
 * Waits until all quarter hours that begin in `[fromMs, toMs)` are verified, or until `untilMs` of the clock. Answers the first proof of each;
 * those that were never opened are missing.
 */
export async function watchWindows(
  { db, clock }: Pick<BudgetWorld, 'db' | 'clock'>,
  range: { readonly fromMs: number; readonly toMs: number; readonly untilMs: number; readonly expected: number },
): Promise<readonly LiveWindow[]> {
  const proved = new Map<string, LiveWindow>()
  for (;;) {
    const windows = await listLiveWindows(db, range)
    for (const [id, window] of windows) {
      if ((proved.get(id)?.latencyMs ?? null) === null) proved.set(id, window)
    }
    const open = [...proved.values()].filter(({ latencyMs }) => latencyMs === null).length
    if (proved.size >= range.expected && open === 0) break
    if ((await clock()) >= range.untilMs) break
    await sleep(LOOK_MS)
  }
  return [...proved.values()]
}
