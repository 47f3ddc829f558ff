import type { Stream } from '@wxcc/contracts/ledger'
import { WINDOW_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/**
 * Adds the quarter hours of `[fromMs, untilMs)` that the ledger does not hold yet, as `planned`. Both ends lie on quarter hours.
 * Only the stretches before the first and after the last known window are written, so that a tick without news costs two index look-ups.
 * Returns how many were opened.
 */
export async function openWindows(
  tx: PlannerTransaction,
  range: {
    readonly dataSourceId: number
    readonly stream: Stream
    readonly fromMs: number
    readonly untilMs: number
    readonly nowMs: number
  },
): Promise<number> {
  const known = await tx
    .selectFrom('etl.load_window')
    .select((eb) => [eb.fn.min('window_start').as('first'), eb.fn.max('window_start').as('last')])
    .where('data_source_id', '=', range.dataSourceId)
    .where('stream', '=', range.stream)
    .executeTakeFirstOrThrow()
  // min() of no rows is null, whatever its type says.
  const first = known.first as Date | null
  const last = known.last as Date | null
  const stretches =
    first === null || last === null
      ? [{ fromMs: range.fromMs, untilMs: range.untilMs }]
      : [
          { fromMs: range.fromMs, untilMs: Math.min(range.untilMs, first.getTime()) },
          { fromMs: Math.max(range.fromMs, last.getTime() + WINDOW_MS), untilMs: range.untilMs },
        ]
  let opened = 0
  for (const { fromMs, untilMs } of stretches) {
    if (fromMs >= untilMs) continue
    const now = new Date(range.nowMs)
    const result = await sql`
      insert into etl.load_window (data_source_id, stream, window_start, created_at, updated_at)
      select ${range.dataSourceId}, ${range.stream}, q, ${now}, ${now}
      from generate_series(${new Date(fromMs)}::timestamptz, ${new Date(untilMs - WINDOW_MS)}::timestamptz, interval '15 minutes') q
      on conflict do nothing`.execute(tx)
    opened += Number(result.numAffectedRows ?? 0n)
  }
  return opened
}
