import type { Stream } from '@wxcc/contracts/ledger'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A UTC day of one stream with windows that need the vendor's count. */
export interface UncountedDay {
  readonly stream: Stream
  /** Epoch ms of 00:00 UTC. */
  readonly dayMs: number
  /** End of the last window the ledger holds of that day. */
  readonly countedUntilMs: number
  /** All of it was proved before; it is looked at again. */
  readonly isCheck: boolean
}

/**
 * Days whose windows have no count, or were read after their last count and do not match it; days with a check that is due and none that will be
 * within `batchMs`, so that the running census of today answers its checks and a past day is asked for once; days that the long watch saw moved.
 * Days with an unfinished census are left out, and those whose last one failed within `retryAfterMs`: its dead letter waits for a person.
 * Newest first.
 */
export async function listUncountedDays(
  tx: PlannerTransaction,
  asked: {
    readonly dataSourceId: number
    readonly nowMs: number
    readonly retryAfterMs: number
    readonly batchMs: number
    /** From the begin of a window to the last of the checks that follow it closely. */
    readonly lastCheckMs: number
  },
): Promise<UncountedDay[]> {
  const { dataSourceId } = asked
  const now = new Date(asked.nowMs)
  const soon = new Date(asked.nowMs + asked.batchMs)
  const { rows } = await sql<{ stream: Stream; day: Date; last_window: Date; is_check: boolean }>`
    with uncounted as (
      select stream, date_trunc('day', window_start, 'UTC') as day, false as is_check
      from etl.load_window
      where data_source_id = ${dataSourceId} and state = 'planned' and expected is null
      union all
      select stream, date_trunc('day', window_start, 'UTC'), false
      from etl.load_window
      where data_source_id = ${dataSourceId} and state = 'loaded' and (expected_at is null or expected_at < loaded_at)
      union all
      select stream, date_trunc('day', window_start, 'UTC'), true
      from etl.load_window
      where data_source_id = ${dataSourceId} and state = 'verified' and next_check_at <= ${soon}
      group by 1, 2 having max(greatest(next_check_at, window_start + ${asked.lastCheckMs} * interval '1 ms')) <= ${now}
      union all
      select c.stream, c.day_start, true
      from etl.day_count c
      where c.data_source_id = ${dataSourceId} and c.is_moved
        and exists (select from etl.load_window w
          where w.data_source_id = c.data_source_id and w.stream = c.stream and w.state = 'sealed' and w.expected_at <= c.counted_at
            and w.window_start >= c.day_start and w.window_start < c.day_start + interval '24 hours')
    ), days as (select stream, day, bool_and(is_check) as is_check from uncounted group by 1, 2)
    select u.stream, u.day, u.is_check,
           (select max(w.window_start) from etl.load_window w
            where w.data_source_id = ${dataSourceId} and w.stream = u.stream
              and w.window_start >= u.day and w.window_start < u.day + interval '24 hours') as last_window
    from days u
    where not exists (
      select from etl.fetch f
      where f.data_source_id = ${dataSourceId} and f.kind = 'census' and f.stream = u.stream
        and f.range_start < u.day + interval '24 hours' and f.range_end > u.day and f.range_end <= f.range_start + interval '24 hours'
        and (f.state in ('pending','queued','running')
             or (f.state = 'failed' and f.finished_at > ${new Date(asked.nowMs - asked.retryAfterMs)})))
    order by u.day desc, u.stream`.execute(tx)
  return rows.map((row) => ({
    stream: row.stream,
    dayMs: row.day.getTime(),
    countedUntilMs: row.last_window.getTime() + WINDOW_MS,
    isCheck: row.is_check,
  }))
}
