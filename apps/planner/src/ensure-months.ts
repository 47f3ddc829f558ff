import { DAY_MS } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { createMonth, listMissingMonths } from '@wxcc/db/planning/months'
import { asOnlyPlanner } from '@wxcc/db/planning/planner-transaction'
import type { Logger } from '@wxcc/telemetry/log'

/** A writer in the way ends its batch sooner than this; else the next tick tries again. */
const LOCK_TIMEOUT_MS = 2_000
/** Change passes bring tasks and state intervals up to 30 days older than `load_from`; and the next month is made before it begins. */
const MARGIN_MS = 31 * DAY_MS
/** Postgres: the default partition already holds rows of that month. */
const DEFAULT_PARTITION_HOLDS_ROWS = '23514'

/**
 * Makes the months that facts of this range may fall into, each in a transaction of its own, so that a lock is held for one table at a time.
 * A month whose rows already lie in the default partition stays there: slower, not wrong; `skipped` remembers it for this process.
 */
export async function ensureMonths(
  db: Database,
  asked: { readonly fromMs: number; readonly nowMs: number; readonly skipped: Set<string>; readonly log: Logger },
): Promise<void> {
  const missing = await listMissingMonths(db, { fromMs: asked.fromMs - MARGIN_MS, untilMs: asked.nowMs + MARGIN_MS })
  for (const month of missing) {
    const name = `${month.parent} ${month.month}`
    if (asked.skipped.has(name)) continue
    try {
      await asOnlyPlanner(db, (tx) => createMonth(tx, month, LOCK_TIMEOUT_MS))
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEFAULT_PARTITION_HOLDS_ROWS) throw error
      asked.skipped.add(name)
      asked.log.warn(
        { event: 'month_not_partitioned', table: month.parent, month: month.month },
        'rows of this month stay in the default partition',
      )
    }
  }
}
