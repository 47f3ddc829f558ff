import type { Stream } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import { newFetches, type NewFetch } from '../fetch-claim.ts'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A quarter hour as the span cutter sees it. */
export interface CountedWindow {
  readonly startMs: number
  /** The vendor's count. */
  readonly expected: number
  /** To be fetched; otherwise a proved-empty window, which a span may run across. */
  readonly isWanted: boolean
  /** How often it was planned again after it did not match its count. */
  readonly attempts: number
}

/**
 * planned → verified for windows the vendor counts as empty and in which nothing is stored. An empty window in which something *is* stored
 * is fetched like any other, so that it ends as `over` and not as proved. (`case` keeps Postgres from joining all facts to look into a few
 * windows.) Returns how many were verified.
 */
export async function verifyEmptyWindows(tx: PlannerTransaction, dataSourceId: number, nowMs: number): Promise<number> {
  const now = new Date(nowMs)
  const result = await sql`
    update etl.load_window w
    set state = 'verified', stored = 0, stored_at = ${now}, incomplete = 0, open_records = 0, finding = null, next_check_at = null, updated_at = ${now}
    where w.data_source_id = ${dataSourceId} and w.state = 'planned' and w.fetch_id is null and w.expected = 0
      and not case w.stream
        when 'task' then exists (select from journey.conversation c
          where c.data_source_id = w.data_source_id and not c.is_deleted
            and c.conversation_start_time >= w.window_start and c.conversation_start_time < w.window_start + interval '15 minutes')
        when 'task_leg' then exists (select from journey.task_leg l
          where l.data_source_id = w.data_source_id and not l.is_deleted
            and l.leg_start_time >= w.window_start and l.leg_start_time < w.window_start + interval '15 minutes')
        else exists (select from journey.agent_session s
          where s.data_source_id = w.data_source_id and not s.is_deleted
            and s.login_time >= w.window_start and s.login_time < w.window_start + interval '15 minutes') end`.execute(
    tx,
  )
  return Number(result.numAffectedRows ?? 0n)
}

/**
 * Counted windows that wait for a fetch, at most `limit` of them and the newest first chosen, with the proved-empty ones between them; in
 * order of time. A window waits if it is planned, due, and no unfinished span of whatever origin lies over it.
 */
export async function listCountedWindows(
  tx: PlannerTransaction,
  asked: {
    readonly dataSourceId: number
    readonly stream: Stream
    readonly nowMs: number
    readonly limit: number
    /** Only windows that begin before this; absent = all. */
    readonly untilMs?: number
    /** Only windows that begin at or after this, and those that are read again; absent = all. */
    readonly liveSinceMs?: number
  },
): Promise<CountedWindow[]> {
  const { rows } = await sql<{ start_ms: number; expected: number; is_wanted: boolean; attempts: number }>`
    with wanted as (
      select w.window_start, w.expected, w.attempts
      from etl.load_window w
      where w.data_source_id = ${asked.dataSourceId} and w.stream = ${asked.stream}
        and w.state = 'planned' and w.fetch_id is null and w.expected is not null
        and (w.next_check_at is null or w.next_check_at <= ${new Date(asked.nowMs)})
        and ${asked.untilMs === undefined ? sql`true` : sql`w.window_start < ${new Date(asked.untilMs)}`}
        and ${asked.liveSinceMs === undefined ? sql`true` : sql`(w.window_start >= ${new Date(asked.liveSinceMs)} or w.attempts > 0)`}
        and not exists (select from etl.fetch f
          where f.data_source_id = w.data_source_id and f.state in ('pending','queued','running','fetched')
            and f.kind = 'span' and f.reason <> 'change' and f.stream = w.stream
            and f.range_start < w.window_start + interval '15 minutes' and f.range_end > w.window_start)
      order by w.window_start desc limit ${asked.limit}
    ), reach as (select min(window_start) as first, max(window_start) as last from wanted)
    select (extract(epoch from window_start) * 1000)::bigint as start_ms, expected, true as is_wanted, attempts from wanted
    union all
    select (extract(epoch from e.window_start) * 1000)::bigint, 0, false, 0
    from reach r join etl.load_window e on e.window_start > r.first and e.window_start < r.last
    where e.data_source_id = ${asked.dataSourceId} and e.stream = ${asked.stream}
      and e.state in ('verified','sealed') and e.expected = 0 and e.stored = 0
    order by 1`.execute(tx)
  return rows.map((row) => ({
    startMs: row.start_ms,
    expected: row.expected,
    isWanted: row.is_wanted,
    attempts: row.attempts,
  }))
}

/** What the vendor counted of tasks and of sessions in those quarter hours of a range for which it was asked both; 0 and 0 if there are none. */
export async function countContacts(
  tx: PlannerTransaction,
  dataSourceId: number,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<{ readonly tasks: number; readonly sessions: number }> {
  const { rows } = await sql<{ tasks: number; sessions: number }>`
    with counted as (
      select sum(expected) filter (where stream = 'task') as tasks, sum(expected) filter (where stream = 'agent_session') as sessions
      from etl.load_window
      where data_source_id = ${dataSourceId} and stream in ('task','agent_session') and expected is not null
        and window_start >= ${new Date(range.fromMs)} and window_start < ${new Date(range.toMs)}
      group by window_start having count(*) = 2)
    select coalesce(sum(tasks), 0)::float8 as tasks, coalesce(sum(sessions), 0)::float8 as sessions from counted`.execute(
    tx,
  )
  return rows[0]!
}

/** Is a census of one of these streams still under way? Spans that are not full wait for its windows. */
export async function isCounting(
  tx: PlannerTransaction,
  dataSourceId: number,
  streams: readonly Stream[],
): Promise<boolean> {
  const row = await tx
    .selectFrom('etl.fetch')
    .select('fetch_id')
    .where('data_source_id', '=', dataSourceId)
    .where('kind', '=', 'census')
    // Checks of old days, and the long watch, bring no windows to read.
    .where('lane', '<>', 'repair')
    .where('stream', 'in', streams)
    .where('state', 'in', ['pending', 'queued', 'running'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export interface NewSpan extends NewFetch {
  readonly stream: Stream
  readonly windowStartsMs: readonly number[]
}

/** Writes the fetches of some spans of one source and stream, in this order, and names each on the windows it is for. */
export async function planSpanFetches(tx: PlannerTransaction, spans: readonly NewSpan[]): Promise<void> {
  const [first] = spans
  if (first === undefined) return
  const fetchIds = await newFetches(tx, spans)
  const rows = spans.flatMap(({ windowStartsMs }, at) =>
    windowStartsMs.map((ms) => ({ window_start: new Date(ms).toISOString(), fetch_id: fetchIds[at]! })),
  )
  await sql`
    update etl.load_window w set fetch_id = s.fetch_id, updated_at = ${new Date(first.nowMs)}
    from json_to_recordset(${JSON.stringify(rows)}::json) as s(window_start timestamptz, fetch_id bigint)
    where w.data_source_id = ${first.dataSourceId} and w.stream = ${first.stream} and w.window_start = s.window_start
      and w.state = 'planned' and w.fetch_id is null`.execute(tx)
}
