import type { Stream } from '@wxcc/contracts/ledger'
import { WINDOW_MS, floorToDay } from '@wxcc/contracts/window'
import { type Transaction, sql } from 'kysely'
import type { DB } from './schema.ts'

/** The vendor's own figures of one quarter hour. */
export interface WindowCount {
  readonly windowStartMs: number
  readonly count: number
  /** Σ `totalDuration` in ms; null where the stream has none. */
  readonly sumDurationMs: number | null
  /** Latest `lastActivityTime`, epoch ms; null where the stream has none. */
  readonly maxLastActivityMs: number | null
}

/**
 * Writes one census into all windows of the stream that lie wholly in `[dayFromMs, dayToMs)`; quarter hours the vendor left out count zero, and
 * what retention has removed stays as it is. Call it in the transaction that ends the census' fetch. `countedAtMs` is the moment before the request
 * was sent. What is stored counts as not counted since, whenever that was: a count made while the census was under way was not compared with it.
 */
export async function recordCensus(
  tx: Transaction<DB>,
  census: {
    readonly dataSourceId: number
    readonly stream: Stream
    readonly dayFromMs: number
    readonly dayToMs: number
    readonly countedAtMs: number
    readonly counts: readonly WindowCount[]
    /** The fetch that asked, and the TrackingIds of its answers: what a finding refers to. */
    readonly fetchId?: number
    readonly trackingIds?: readonly string[]
  },
): Promise<void> {
  const counted = new Date(census.countedAtMs)
  const rows = JSON.stringify(
    census.counts.map((c) => ({
      window_start: new Date(c.windowStartMs).toISOString(),
      expected: c.count,
      ...checksum(c),
    })),
  )
  await sql`
    update etl.load_window w
    set expected = coalesce(c.expected, 0), expected_at = ${counted}, expected_duration_ms = c.expected_duration_ms,
        expected_activity_at = c.expected_activity_at, census_id = ${census.fetchId ?? null}, updated_at = ${counted},
        stored_at = case when w.state in ('loaded','verified','sealed','short','over') then null else w.stored_at end
    from (
      select p.window_start, x.expected, x.expected_duration_ms, x.expected_activity_at
      from etl.load_window p
      left join json_to_recordset(${rows}::json)
        as x(window_start timestamptz, expected integer, expected_duration_ms bigint, expected_activity_at timestamptz) using (window_start)
      where p.data_source_id = ${census.dataSourceId} and p.stream = ${census.stream}
        and p.window_start >= ${new Date(census.dayFromMs)} and p.window_start <= ${new Date(census.dayToMs - WINDOW_MS)}
    ) c
    where w.data_source_id = ${census.dataSourceId} and w.stream = ${census.stream} and w.window_start = c.window_start
      and w.state <> 'expired' and (w.expected_at is null or w.expected_at <= ${counted})`.execute(tx)
  if (census.fetchId !== undefined) await nameAnswers(tx, census.fetchId, census.trackingIds ?? [])
}

/** The vendor's own figures of one UTC day. */
export interface DayCount extends Omit<WindowCount, 'windowStartMs'> {
  readonly dayStartMs: number
}

/** Writes what the long watch was told of every UTC day that `[fromMs, toMs)` touches; days the vendor left out count zero. As `recordCensus` otherwise. */
export async function recordDayCounts(
  tx: Transaction<DB>,
  census: {
    readonly dataSourceId: number
    readonly stream: Stream
    readonly fromMs: number
    readonly toMs: number
    readonly countedAtMs: number
    readonly counts: readonly DayCount[]
    readonly fetchId: number
    readonly trackingIds: readonly string[]
  },
): Promise<void> {
  const rows = JSON.stringify(
    census.counts.map((c) => ({ day_start: new Date(c.dayStartMs).toISOString(), records: c.count, ...checksum(c) })),
  )
  await sql`
    insert into etl.day_count (data_source_id, stream, day_start, records, duration_ms, activity_at, counted_at, fetch_id)
    select ${census.dataSourceId}, ${census.stream}, d, coalesce(x.records, 0), x.expected_duration_ms, x.expected_activity_at,
           ${new Date(census.countedAtMs)}, ${census.fetchId}
    from generate_series(${new Date(floorToDay(census.fromMs))}::timestamptz, ${new Date(census.toMs - 1)}::timestamptz, interval '24 hours') d
    left join json_to_recordset(${rows}::json)
      as x(day_start timestamptz, records integer, expected_duration_ms bigint, expected_activity_at timestamptz) on x.day_start = d
    on conflict (data_source_id, stream, day_start) do update
    set records = excluded.records, duration_ms = excluded.duration_ms, activity_at = excluded.activity_at,
        counted_at = excluded.counted_at, fetch_id = excluded.fetch_id, is_moved = null
    where etl.day_count.counted_at <= excluded.counted_at`.execute(tx)
  await nameAnswers(tx, census.fetchId, census.trackingIds)
}

async function nameAnswers(tx: Transaction<DB>, fetchId: number, trackingIds: readonly string[]): Promise<void> {
  await tx
    .updateTable('etl.fetch')
    .set({ tracking_ids: [...trackingIds] })
    .where('fetch_id', '=', fetchId)
    .execute()
}

function checksum({ sumDurationMs, maxLastActivityMs }: Pick<WindowCount, 'sumDurationMs' | 'maxLastActivityMs'>) {
  return {
    expected_duration_ms: sumDurationMs === null ? null : String(Math.round(sumDurationMs)),
    expected_activity_at: maxLastActivityMs === null ? null : new Date(maxLastActivityMs).toISOString(),
  }
}
