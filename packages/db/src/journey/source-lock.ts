import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'

/**
 * Taken right after the fence by every mapping transaction of a source. Tasks and transcripts share it; agent sessions take it alone, so that
 * an agent's record and the task it explains can never pass each other unseen. Released at the transaction's end.
 */
export async function lockSource(
  tx: Transaction<DB>,
  dataSourceId: number,
  mode: 'shared' | 'exclusive',
): Promise<void> {
  const key = sql`hashtextextended('mapping:' || ${dataSourceId}::text, 0)`
  await (mode === 'shared'
    ? sql`select pg_advisory_xact_lock_shared(${key})`.execute(tx)
    : sql`select pg_advisory_xact_lock(${key})`.execute(tx))
}
