import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** From a window's begin, without the settle delay: it closes after 15 minutes and is checked 15 and 60 minutes later. */
const FIRST_MS = 30 * 60_000
export const SECOND_MS = 75 * 60_000

/**
 * Gives every verified window that has none its next check: the first of these moments that its census had not reached, or the seal when it had
 * reached them all.
 *
 *   15 min and 60 min after the window was closed and settled: answered by the running census of its day, at no request of their own;
 *   24 h and 72 h after the end of its UTC day: one census for all its windows.
 *
 * They follow from the window and its census alone. So what history reads years later is sealed by the census it was planned from. A window in which
 * something moved within the hour before its last census is looked at again instead of being sealed; one with an open task is sealed, since the long
 * watch sees it end. (One scan: a join of the windows with themselves went wrong by the square.) Returns how many windows were sealed.
 */
export async function scheduleChecks(tx: PlannerTransaction, nowMs: number): Promise<number> {
  const now = new Date(nowMs)
  const { rows } = await sql<{ sealed: number }>`
    with moved as (
      update etl.load_window w
      set (next_check_at, state, sealed_at, updated_at) = (
        select d.next, case when d.next is null then 'sealed' else 'verified' end, case when d.next is null then ${now}::timestamptz else w.sealed_at end, ${now}::timestamptz
        from (select w.window_start + (${FIRST_MS}::int + s.settle_ms) * interval '1 ms' as first,
                     w.window_start + (${SECOND_MS}::int + s.settle_ms) * interval '1 ms' as second,
                     date_trunc('day', w.window_start, 'UTC') as day) c
        cross join lateral (
          select case when w.expected_at < c.first then c.first when w.expected_at < c.second then c.second
                      when w.expected_at < c.day + interval '48 hours' then c.day + interval '48 hours'
                      when w.expected_at < c.day + interval '96 hours' then c.day + interval '96 hours'
                      when w.open_records = 0 and greatest(w.expected_activity_at, w.stored_activity_at) > w.expected_at - interval '1 hour'
                        then w.expected_at + interval '2 hours'
                 end as next) d)
      from etl.data_source s
      where s.data_source_id = w.data_source_id and w.state = 'verified' and w.next_check_at is null and w.stored_at is not null
      returning w.state)
    select count(*) filter (where state = 'sealed') as sealed from moved`.execute(tx)
  return rows[0]?.sealed ?? 0
}
