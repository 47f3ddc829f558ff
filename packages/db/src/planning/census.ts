import type { Stream } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A UTC day of one stream with windows that need the vendor's count. */
export interface UncountedDay {
  readonly stream: Stream
  /** Epoch ms of 00:00 UTC. */
  readonly dayMs: number
  /** End of the last window the ledger holds of that day. */
  readonly countedUntilMs: number
}

/**
 * Days whose windows have no count, or were read after their last count and do not match it. Days with an unfinished census are left out,
 * and those whose last one failed within `retryAfterMs`: its dead letter waits for a person. Newest first.
 */
export async function listUncountedDays(
  tx: PlannerTransaction,
  asked: { readonly dataSourceId: number; readonly nowMs: number; readonly retryAfterMs: number },
): Promise<UncountedDay[]> {
  const { rows } = await sql<{ stream: Stream; day: Date; last_window: Date }>`
    with uncounted as (
      select distinct stream, date_trunc('day', window_start, 'UTC') as day
      from etl.load_window
      where data_source_id = ${asked.dataSourceId} and state not in ('verified','sealed','expired')
        and ((expected is null and state = 'planned') or (state = 'loaded' and (expected_at is null or expected_at < loaded_at)))
    )
    select u.stream, u.day,
           (select max(w.window_start) from etl.load_window w
            where w.data_source_id = ${asked.dataSourceId} and w.stream = u.stream
              and w.window_start >= u.day and w.window_start < u.day + interval '24 hours') as last_window
    from uncounted u
    where not exists (
      select from etl.fetch f
      where f.data_source_id = ${asked.dataSourceId} and f.kind = 'census' and f.stream = u.stream
        and f.range_start < u.day + interval '24 hours' and f.range_end > u.day
        and (f.state in ('pending','queued','running')
             or (f.state = 'failed' and f.finished_at > ${new Date(asked.nowMs - asked.retryAfterMs)})))
    order by u.day desc, u.stream`.execute(tx)
  return rows.map((row) => ({
    stream: row.stream,
    dayMs: row.day.getTime(),
    countedUntilMs: row.last_window.getTime() + 15 * 60_000,
  }))
}
