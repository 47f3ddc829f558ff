import { type Transaction, sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { DB } from '../schema.ts'

export type PlannerTransaction = Transaction<DB>

/** Any fixed number; all planners of one database agree on it. */
const PLANNER_LOCK = 7_140_217

/**
 * Runs `plan` in one transaction that only one planner at a time can hold; undefined when another one plans right now.
 * The lock ends with the transaction, so a killed planner never leaves it behind.
 */
export async function asOnlyPlanner<T>(
  db: Database,
  plan: (tx: PlannerTransaction) => Promise<T>,
): Promise<T | undefined> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{
      locked: boolean
    }>`select pg_try_advisory_xact_lock(${PLANNER_LOCK}) as locked`.execute(tx)
    return rows[0]!.locked ? plan(tx) : undefined
  })
}

/**
 * Waits until no planner plans and keeps planners out until this transaction ends. For writers of many windows at once: they and a planner would lock
 * the same windows in different orders. First statement of the transaction, before any row of the ledger is locked. A planner meanwhile skips a tick.
 */
export async function keepPlannersOut(tx: Transaction<DB>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${PLANNER_LOCK})`.execute(tx)
}
