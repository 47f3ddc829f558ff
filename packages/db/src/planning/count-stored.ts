import type { Stream, WindowState } from '@wxcc/contracts/ledger'
import { type RawBuilder, sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** What is stored of a stream in some stretch of time. */
export interface StoredFigures {
  readonly stored: number
  /** Of these, records that began in the stretch's first millisecond. */
  readonly storedAtStart: number
  /** Records whose activities are fewer than their `totalCount`. */
  readonly incomplete: number
  readonly openRecords: number
  /** Σ `totalDuration` in ms; null for other streams than tasks, and where a closed task has none. */
  readonly storedDurationMs: number | null
  /** Latest `lastActivityTime`, epoch ms; null for other streams than tasks, and where no task is held. */
  readonly storedActivityMs: number | null
}

/** States in which a window is counted after each census of its day. */
export type CountedState = Extract<WindowState, 'loaded' | 'verified' | 'sealed' | 'short' | 'over'>

/** What a verdict about one window is made from. */
export interface WindowFigures extends StoredFigures {
  readonly dataSourceId: number
  readonly stream: Stream
  readonly windowStartMs: number
  readonly state: CountedState
  readonly expected: number | null
  readonly expectedAtMs: number | null
  readonly expectedDurationMs: number | null
  readonly expectedActivityMs: number | null
  readonly loadedAtMs: number | null
  /** How often it was planned again. */
  readonly attempts: number
}

/**
 * Counts what is stored in every window that was not counted since it was loaded and since its last census, in one statement; writes the figures
 * onto the windows and returns them. At most `limit` windows, the newest first. A verified window's next check is forgotten: `scheduleChecks` sets it.
 */
export async function countStoredWindows(
  tx: PlannerTransaction,
  asked: { readonly nowMs: number; readonly limit: number },
): Promise<WindowFigures[]> {
  const now = new Date(asked.nowMs)
  const { rows } = await sql<WindowFigures>`
    with due as (
      select data_source_id, stream, window_start as starts_at, window_start + interval '15 minutes' as ends_at
      from etl.load_window
      where stored_at is null and state in ('loaded','verified','sealed','short','over')
      order by window_start desc limit ${asked.limit}),
    figures as (${figuresOfDue()})
    update etl.load_window w
    set stored = f.stored, stored_at = ${now}, incomplete = f.incomplete, open_records = f.open_records, stored_duration_ms = f.duration_ms,
        stored_activity_at = f.activity_at, next_check_at = case when w.state = 'verified' then null else w.next_check_at end, updated_at = ${now}
    from figures f
    where w.data_source_id = f.data_source_id and w.stream = f.stream and w.window_start = f.starts_at and w.stored_at is null
      and w.state in ('loaded','verified','sealed','short','over')
    returning w.data_source_id as "dataSourceId", w.stream, ${epochMs('w.window_start')} as "windowStartMs", w.state,
      w.expected, ${epochMs('w.expected_at')} as "expectedAtMs", w.expected_duration_ms as "expectedDurationMs",
      ${epochMs('w.expected_activity_at')} as "expectedActivityMs", ${epochMs('w.loaded_at')} as "loadedAtMs", w.stored,
      f.at_start as "storedAtStart", w.incomplete, w.open_records as "openRecords", w.stored_duration_ms as "storedDurationMs",
      ${epochMs('w.stored_activity_at')} as "storedActivityMs", w.attempts`.execute(tx)
  return rows
}

/** Counts what is stored between two moments of each asked day; nothing is written. In the order asked. */
export async function countStoredDays(
  tx: PlannerTransaction,
  days: readonly {
    readonly dataSourceId: number
    readonly stream: Stream
    readonly fromMs: number
    readonly toMs: number
  }[],
): Promise<StoredFigures[]> {
  if (days.length === 0) return []
  const asked = JSON.stringify(
    days.map((day, position) => ({
      position,
      data_source_id: day.dataSourceId,
      stream: day.stream,
      starts_at: new Date(day.fromMs).toISOString(),
      ends_at: new Date(day.toMs).toISOString(),
    })),
  )
  const { rows } = await sql<StoredFigures>`
    with due as (
      select * from json_to_recordset(${asked}::json)
        as x(position integer, data_source_id smallint, stream text, starts_at timestamptz, ends_at timestamptz)),
    figures as (${figuresOfDue()})
    select f.stored, f.at_start as "storedAtStart", f.incomplete, f.open_records as "openRecords", f.duration_ms as "storedDurationMs",
      ${epochMs('f.activity_at')} as "storedActivityMs"
    from due d join figures f using (data_source_id, stream, starts_at) order by d.position`.execute(tx)
  return rows
}

/** Figures of every row of `due` (data_source_id, stream, starts_at, ends_at); one index range each. */
function figuresOfDue(): RawBuilder<unknown> {
  return sql`
      select d.data_source_id, d.stream, d.starts_at, f.*, a.activity_at
      from due d cross join lateral (
        select count(distinct c.conversation_id) as stored,
               count(distinct c.conversation_id) filter (where c.conversation_start_time = d.starts_at) as at_start,
               count(*) filter (where not c.is_car_complete) as incomplete,
               count(*) filter (where c.status = 'In Progress') as open_records,
               case when bool_or(c.source_total_ms is null and c.status <> 'In Progress') then null else sum(c.source_total_ms)::bigint end as duration_ms
        from journey.conversation c
        where c.data_source_id = d.data_source_id and not c.is_deleted
          and c.conversation_start_time >= d.starts_at and c.conversation_start_time < d.ends_at) f
      cross join lateral (
        select max(t.last_activity_time) as activity_at from etl.task_source t
        where t.data_source_id = d.data_source_id and t.created_time >= d.starts_at and t.created_time < d.ends_at) a
      where d.stream = 'task'
      union all
      select d.data_source_id, d.stream, d.starts_at, f.*, null::timestamptz
      from due d cross join lateral (
        select count(distinct s.agent_session_id), count(distinct s.agent_session_id) filter (where s.login_time = d.starts_at),
               count(*) filter (where not s.is_activity_complete), count(*) filter (where s.is_active), null::bigint
        from journey.agent_session s
        where s.data_source_id = d.data_source_id and not s.is_deleted and s.login_time >= d.starts_at and s.login_time < d.ends_at) f
      where d.stream = 'agent_session'
      union all
      select d.data_source_id, d.stream, d.starts_at, f.*, null::timestamptz
      from due d cross join lateral (
        select count(distinct l.task_leg_id), count(distinct l.task_leg_id) filter (where l.leg_start_time = d.starts_at),
               0::bigint, count(*) filter (where l.is_active), null::bigint
        from journey.task_leg l
        where l.data_source_id = d.data_source_id and not l.is_deleted and l.leg_start_time >= d.starts_at and l.leg_start_time < d.ends_at) f
      where d.stream = 'task_leg'`
}

function epochMs(column: string): RawBuilder<number> {
  return sql`(extract(epoch from ${sql.raw(column)}) * 1000)::bigint`
}
