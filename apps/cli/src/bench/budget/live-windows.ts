import { WINDOW_MS } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** A quarter hour of one stream and source, from the moment it could be read until it was proved. */
export interface LiveWindow {
  readonly startMs: number
  /** Clock's ms from due (closed and settled) to verified; null while it is not. */
  readonly latencyMs: number | null
}

/** Windows that begin in `[fromMs, toMs)`. Ask often: a later check moves the time that is taken for the proof. */
export async function listLiveWindows(
  db: Database,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<ReadonlyMap<string, LiveWindow>> {
  const { rows } = await sql<{ id: string; startMs: number; provedMs: number | null; settleMs: number }>`
    select w.data_source_id || ' ' || w.stream || ' ' || w.window_start as id, s.settle_ms as "settleMs",
           (extract(epoch from w.window_start) * 1000)::bigint as "startMs",
           case when w.state in ('verified','sealed') then (extract(epoch from w.updated_at) * 1000)::bigint end as "provedMs"
    from etl.load_window w join etl.data_source s using (data_source_id)
    where w.window_start >= ${new Date(range.fromMs)} and w.window_start < ${new Date(range.toMs)}`.execute(db)
  return new Map(
    rows.map(({ id, startMs, provedMs, settleMs }) => [
      id,
      { startMs, latencyMs: provedMs === null ? null : provedMs - (startMs + WINDOW_MS + settleMs) },
    ]),
  )
}

/** The smallest value that 95 of 100 do not exceed. */
export function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * 0.95) - 1)] ?? Number.NaN
}
