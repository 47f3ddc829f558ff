import type { Stream } from '@wxcc/contracts/ledger'
import { WINDOW_MS } from '@wxcc/contracts/window'
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
 * Writes one census into all windows of the stream that lie wholly in `[dayFromMs, dayToMs)`; quarter hours the vendor left out count zero.
 * Call it in the transaction that ends the census' fetch. `countedAtMs` is the moment before the request was sent. What is stored counts as not
 * counted since, whenever that was: a count made while the census was under way was not compared with it.
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
  },
): Promise<void> {
  const counted = new Date(census.countedAtMs)
  const rows = JSON.stringify(
    census.counts.map((c) => ({
      window_start: new Date(c.windowStartMs).toISOString(),
      expected: c.count,
      expected_duration_ms: c.sumDurationMs === null ? null : String(Math.round(c.sumDurationMs)),
      expected_activity_at: c.maxLastActivityMs === null ? null : new Date(c.maxLastActivityMs).toISOString(),
    })),
  )
  await sql`
    update etl.load_window w
    set expected = coalesce(c.expected, 0), expected_at = ${counted}, expected_duration_ms = c.expected_duration_ms,
        expected_activity_at = c.expected_activity_at, updated_at = ${counted},
        stored_at = case when w.state = 'loaded' then null else w.stored_at end
    from (
      select p.window_start, x.expected, x.expected_duration_ms, x.expected_activity_at
      from etl.load_window p
      left join json_to_recordset(${rows}::json)
        as x(window_start timestamptz, expected integer, expected_duration_ms bigint, expected_activity_at timestamptz) using (window_start)
      where p.data_source_id = ${census.dataSourceId} and p.stream = ${census.stream}
        and p.window_start >= ${new Date(census.dayFromMs)} and p.window_start <= ${new Date(census.dayToMs - WINDOW_MS)}
    ) c
    where w.data_source_id = ${census.dataSourceId} and w.stream = ${census.stream} and w.window_start = c.window_start
      and (w.expected_at is null or w.expected_at <= ${counted})`.execute(tx)
}
