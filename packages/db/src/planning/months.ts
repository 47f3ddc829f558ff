import { sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A partition that a partitioned table of `journey` lacks. */
export interface MissingMonth {
  /** `journey.conversation` */
  readonly parent: string
  /** First day of the month, `YYYY-MM-DD`. */
  readonly month: string
}

/** Months of `[fromMs, untilMs]` for which a partitioned table of `journey` has no partition yet. */
export async function listMissingMonths(
  db: Database,
  range: { readonly fromMs: number; readonly untilMs: number },
): Promise<MissingMonth[]> {
  const { rows } = await sql<MissingMonth>`
    select format('%I.%I', n.nspname, c.relname) as parent, to_char(m, 'YYYY-MM-DD') as month
    from pg_partitioned_table p
    join pg_class c on c.oid = p.partrelid
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'journey'
    cross join generate_series(
      date_trunc('month', ${new Date(range.fromMs)}::timestamptz at time zone 'UTC'),
      ${new Date(range.untilMs)}::timestamptz at time zone 'UTC', interval '1 month') m
    where to_regclass(format('%I.%I', n.nspname, c.relname || to_char(m, '_YYYY_MM'))) is null
    order by m, parent`.execute(db)
  return rows
}

/**
 * Creates one partition. Attaching locks the table's default partition exclusively, so it waits for running writers at most
 * `lockTimeoutMs` and throws Postgres' 55P03 then; 23514 when the default partition already holds rows of that month.
 */
export async function createMonth(tx: PlannerTransaction, missing: MissingMonth, lockTimeoutMs: number): Promise<void> {
  await sql`select set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true)`.execute(tx)
  await sql`select etl.ensure_month(${missing.parent}::regclass, ${missing.month}::date)`.execute(tx)
}
