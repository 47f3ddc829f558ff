import type { Stream, WindowState } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import { WINDOW_MOVES, isAllowedMove, statesBefore } from '../moves.ts'
import type { PlannerTransaction } from './planner-transaction.ts'

/** As many as a case with the vendor needs: a census and twenty pages with their activities. */
const TRACKING_IDS = 41

/**
 * Books what the fetches of planned windows have come to: `loaded` when every span over the window since it was planned is finished and one
 * was mapped, `failed` when one of them failed. A fetch that was cut in two is followed to its pieces, which have higher ids.
 * A failed one that a person replayed makes its windows `loaded` after all. `loaded_at` is when the vendor had been read, which is what a later census is compared with. Returns the windows booked.
 */
export async function bookFinishedFetches(
  tx: PlannerTransaction,
  nowMs: number,
): Promise<{ loaded: number; failed: number }> {
  const now = new Date(nowMs)
  const { rows } = await sql<{ state: WindowState; windows: number }>`
    with waiting as materialized (
      select w.data_source_id, w.stream, w.window_start, w.fetch_id,
             case when w.state = 'planned' and f.state = 'mapped' then w.fetch_id else (select max(fetch_id) from etl.fetch) end as last_id
      from etl.load_window w join etl.fetch f using (fetch_id)
      where w.state in ('planned','failed') and f.state in ('mapped','done','failed') and not (w.state = 'failed' and f.state = 'failed')),
    outcome as (
      select w.data_source_id, w.stream, w.window_start, o.*
      from waiting w cross join lateral (
        select max(f.fetched_at) as read_at, coalesce(min(f.fetch_id) filter (where f.state = 'failed'), max(f.fetch_id)) as fetch_id,
               max(f.last_code) filter (where f.state = 'failed') as failed_code
        from etl.fetch f
        where f.fetch_id between w.fetch_id and w.last_id and f.data_source_id = w.data_source_id and f.kind = 'span' and f.stream = w.stream
          and f.reason <> 'change' and f.range_start < w.window_start + interval '15 minutes' and f.range_end > w.window_start) o),
    booked as (
      update etl.load_window w
      set state = case when o.failed_code is null then 'loaded' else 'failed' end, fetch_id = o.fetch_id, finding = o.failed_code,
          loaded_at = case when o.failed_code is null then o.read_at else w.loaded_at end, stored_at = null, next_check_at = null,
          updated_at = ${now}
      from outcome o
      where not exists (select from etl.fetch f
          where f.state in ('pending','queued','running','fetched') and f.data_source_id = o.data_source_id and f.kind = 'span'
            and f.stream = o.stream and f.reason <> 'change' and f.range_start < o.window_start + interval '15 minutes'
            and f.range_end > o.window_start)
        and w.data_source_id = o.data_source_id and w.stream = o.stream and w.window_start = o.window_start
        and w.state = any(case when o.failed_code is null then ${statesBefore(WINDOW_MOVES, 'loaded')}::text[]
                               else ${statesBefore(WINDOW_MOVES, 'failed')}::text[] end)
      returning w.state)
    select state, count(*) as windows from booked group by 1`.execute(tx)
  const of = (state: WindowState) => rows.find((row) => row.state === state)?.windows ?? 0
  return { loaded: of('loaded'), failed: of('failed') }
}

/** One window's move. `again`: it is planned once more, and its fetch is forgotten so that a new span is cut. */
export interface WindowMove {
  readonly dataSourceId: number
  readonly stream: Stream
  readonly windowStartMs: number
  readonly from: WindowState
  readonly to: WindowState
  readonly finding: string | null
  readonly nextCheckAtMs: number | null
}

/**
 * Compare-and-set of many windows in one statement; those that stand elsewhere by now are left. A finding takes along the TrackingIds of the census
 * and of the pages it rests on. Throws `RangeError` for a move not allowed.
 */
export async function moveWindows(tx: PlannerTransaction, moves: readonly WindowMove[], nowMs: number): Promise<void> {
  if (moves.length === 0) return
  for (const { from, to } of moves) {
    if (!isAllowedMove(WINDOW_MOVES, from, to)) throw new RangeError(`a window never moves from ${from} to ${to}`)
  }
  const rows = JSON.stringify(
    moves.map((move) => ({
      data_source_id: move.dataSourceId,
      stream: move.stream,
      window_start: new Date(move.windowStartMs).toISOString(),
      from_state: move.from,
      to_state: move.to,
      finding: move.finding,
      next_check_at: move.nextCheckAtMs === null ? null : new Date(move.nextCheckAtMs).toISOString(),
    })),
  )
  await sql`
    update etl.load_window w
    set state = m.to_state, finding = m.finding, next_check_at = m.next_check_at, updated_at = ${new Date(nowMs)},
        fetch_id = case when m.to_state = 'planned' then null else w.fetch_id end,
        sealed_at = null,
        attempts = case m.to_state when 'planned' then w.attempts + 1 when 'verified' then 0 else w.attempts end,
        tracking_ids = case when m.finding is null then null else array(
          select t.id from (
            select unnest(c.tracking_ids) as id, 0 as rank from etl.fetch c where c.fetch_id = w.census_id
            union all
            select p.tracking_id, 1 from etl.raw_page p where p.fetch_id = w.fetch_id and p.tracking_id is not null) t
          group by t.id order by min(t.rank), t.id limit ${TRACKING_IDS}) end
    from json_to_recordset(${rows}::json) as m(data_source_id smallint, stream text, window_start timestamptz, from_state text,
      to_state text, finding text, next_check_at timestamptz)
    where w.data_source_id = m.data_source_id and w.stream = m.stream and w.window_start = m.window_start and w.state = m.from_state`.execute(
    tx,
  )
}

/** short, over → planned for windows whose finding is due for another look. Returns how many. */
export async function reopenDueFindings(tx: PlannerTransaction, nowMs: number): Promise<number> {
  const now = new Date(nowMs)
  const result = await sql`
    update etl.load_window
    set state = 'planned', fetch_id = null, next_check_at = null, attempts = attempts + 1, updated_at = ${now}
    where state in ('short','over') and next_check_at <= ${now}`.execute(tx)
  return Number(result.numAffectedRows ?? 0n)
}
