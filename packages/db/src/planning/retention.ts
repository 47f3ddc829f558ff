import type { CaptureKind } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** Rows that leave in one tick, so that a new, shorter retention does not hold up the plan. */
const CAPTURES_PER_TICK = 5_000

interface Aged {
  readonly dataSourceId: number
  readonly cutoffMs: number
  readonly nowMs: number
}

/**
 * Sets quarter hours before `cutoffMs` expired, which no pass reopens and whose pages leave (`removablePages`), unless a legal hold covers them. Only
 * those that are proved for good, or given up: history is read before it leaves, since its facts stay.
 */
export async function expireWindows(tx: PlannerTransaction, { dataSourceId, cutoffMs, nowMs }: Aged): Promise<void> {
  await sql`
    update etl.load_window w set state = 'expired', next_check_at = null, updated_at = ${new Date(nowMs)}
    where w.data_source_id = ${dataSourceId} and w.window_start < ${new Date(cutoffMs)} and w.state in ('sealed','short','over','failed')
      and not exists (select from etl.legal_hold h where h.data_source_id = w.data_source_id and h.released_at is null
        and ((h.hold_from < w.window_start + interval '15 minutes' and h.hold_to > w.window_start)
          or exists (select from etl.task_source t where t.data_source_id = h.data_source_id and t.task_id = h.task_id
            and t.created_time >= w.window_start and t.created_time < w.window_start + interval '15 minutes')))`.execute(
    tx,
  )
}

/**
 * Sets captures of conversations that began before `cutoffMs` expired, unless a legal hold covers them: they are not asked for any more, and their
 * files leave (`removableCaptures`).
 */
export async function expireCaptures(
  tx: PlannerTransaction,
  { dataSourceId, cutoffMs, nowMs, kinds }: Aged & { readonly kinds: readonly CaptureKind[] },
): Promise<void> {
  // A file that is being stored now leaves with the next tick: taken away meanwhile, its object would have no row.
  await sql`
    update etl.capture set state = 'expired', reason = 'capture_retention', not_before = null, updated_at = ${new Date(nowMs)}
    where capture_id in (
      select c.capture_id from etl.capture c
      where c.data_source_id = ${dataSourceId} and c.kind = any(${[...kinds]}) and c.conversation_start_time < ${new Date(cutoffMs)}
        and c.state not in ('expired','downloading')
        and not exists (select from etl.legal_hold h where h.data_source_id = c.data_source_id and h.released_at is null
          and (h.task_id = c.task_id or (c.conversation_start_time >= h.hold_from and c.conversation_start_time < h.hold_to)))
      order by c.conversation_start_time limit ${CAPTURES_PER_TICK})`.execute(tx)
}
