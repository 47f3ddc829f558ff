import type { Stream } from '@wxcc/contracts/ledger'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import type { StoredFigures } from './count-stored.ts'
import type { PlannerTransaction } from './planner-transaction.ts'

/** Begin of the first and end of the last sealed window that begins at `fromMs` or later; undefined when there is none. */
export async function findSealedRange(
  tx: PlannerTransaction,
  asked: { readonly dataSourceId: number; readonly stream: Stream; readonly fromMs: number },
): Promise<{ readonly fromMs: number; readonly toMs: number } | undefined> {
  const row = await tx
    .selectFrom('etl.load_window')
    .select((eb) => [eb.fn.min('window_start').as('first'), eb.fn.max('window_start').as('last')])
    .where('data_source_id', '=', asked.dataSourceId)
    .where('stream', '=', asked.stream)
    .where('state', '=', 'sealed')
    .where('window_start', '>=', new Date(asked.fromMs))
    .executeTakeFirstOrThrow()
  // min() of no rows is null, whatever its type says.
  const first = row.first as Date | null
  return first === null ? undefined : { fromMs: first.getTime(), toMs: row.last.getTime() + WINDOW_MS }
}

/** A watched day: what the vendor says of it now, and what its windows were proved with. */
export interface WatchedDay {
  readonly dataSourceId: number
  readonly stream: Stream
  readonly dayStartMs: number
  /** The stretch of the day that its windows and the watch have in common. */
  readonly fromMs: number
  readonly toMs: number
  /** No window of it is sealed, or one is in hand: the day has checks of its own. */
  readonly isInHand: boolean
  readonly counted: DayFigures
  readonly proved: DayFigures
}

export interface DayFigures {
  readonly records: number
  readonly durationMs: number | null
  readonly activityMs: number | null
}

/** Days of a source that the long watch has counted and nobody has compared yet. */
export async function listUnjudgedDays(tx: PlannerTransaction, dataSourceId: number): Promise<WatchedDay[]> {
  const { rows } = await sql<{
    stream: Stream
    day_start: Date
    from_at: Date
    to_at: Date
    in_hand: boolean
    records: number
    duration_ms: number | null
    activity_at: Date | null
    proved_records: number
    proved_duration_ms: number | null
    proved_activity_at: Date | null
  }>`
    select c.stream, c.day_start, greatest(c.day_start, f.range_start) as from_at,
      least(c.day_start + interval '24 hours', f.range_end) as to_at, w.in_hand,
      c.records, c.duration_ms, c.activity_at, w.records as proved_records, w.duration_ms as proved_duration_ms, w.activity_at as proved_activity_at
    from etl.day_count c join etl.fetch f using (fetch_id)
    cross join lateral (
      select coalesce(not bool_or(w.state = 'sealed') or bool_or(w.state in ('planned','loaded','verified','failed')), true) as in_hand,
        coalesce(sum(w.expected), 0)::bigint as records, sum(w.expected_duration_ms)::bigint as duration_ms, max(w.expected_activity_at) as activity_at
      from etl.load_window w
      where w.data_source_id = c.data_source_id and w.stream = c.stream and w.window_start >= greatest(c.day_start, f.range_start)
        and w.window_start < least(c.day_start + interval '24 hours', f.range_end)) w
    where c.data_source_id = ${dataSourceId} and c.is_moved is null
    order by c.stream, c.day_start`.execute(tx)
  return rows.map((row) => ({
    dataSourceId,
    stream: row.stream,
    dayStartMs: row.day_start.getTime(),
    fromMs: row.from_at.getTime(),
    toMs: row.to_at.getTime(),
    isInHand: row.in_hand,
    counted: {
      records: row.records,
      durationMs: row.duration_ms,
      activityMs: row.activity_at?.getTime() ?? null,
    },
    proved: {
      records: row.proved_records,
      durationMs: row.proved_duration_ms,
      activityMs: row.proved_activity_at?.getTime() ?? null,
    },
  }))
}

/** Writes the verdicts; `planCensus` asks for a census of a day that moved, which its windows are judged by. */
export async function judgeDays(
  tx: PlannerTransaction,
  dataSourceId: number,
  days: readonly { readonly stream: Stream; readonly dayStartMs: number; readonly isMoved: boolean }[],
): Promise<void> {
  if (days.length === 0) return
  const rows = JSON.stringify(
    days.map((day) => ({
      stream: day.stream,
      day_start: new Date(day.dayStartMs).toISOString(),
      is_moved: day.isMoved,
    })),
  )
  await sql`
    update etl.day_count c set is_moved = d.is_moved
    from json_to_recordset(${rows}::json) as d(stream text, day_start timestamptz, is_moved boolean)
    where c.data_source_id = ${dataSourceId} and c.stream = d.stream and c.day_start = d.day_start`.execute(tx)
}

/** Stored figures in the words of a day's. */
export function toDayFigures(stored: StoredFigures): DayFigures {
  return { records: stored.stored, durationMs: stored.storedDurationMs, activityMs: stored.storedActivityMs }
}
