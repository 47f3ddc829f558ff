import { sql } from 'kysely'
import type { Database } from './connect.ts'
import type { PlannerTransaction } from './planning/planner-transaction.ts'

/** `task`: something about it changed. `capture`: a recording or transcript of it is there. */
export type HintKind = 'task' | 'capture'

/** However many a source's webhooks send, the table stays small: what a full one leaves out comes with the next pass. */
const MOST_PER_SOURCE = 10_000

/**
 * Keeps a hint until the planner has acted on it; the same one twice is one. Answers false for a source that is not known or takes no work, and
 * when there are too many.
 */
export async function noteHint(
  db: Database,
  hint: { readonly sourceKey: string; readonly kind: HintKind; readonly taskId: string; readonly nowMs: number },
): Promise<boolean> {
  const result = await sql`
    insert into etl.hint (data_source_id, kind, task_id, received_at)
    select s.data_source_id, ${hint.kind}, ${hint.taskId}, ${new Date(hint.nowMs)}
    from etl.data_source s
    where s.data_source_key = ${hint.sourceKey} and s.state = 'active'
      and (select count(*) from etl.hint h where h.data_source_id = s.data_source_id) < ${MOST_PER_SOURCE}
    on conflict (data_source_id, kind, task_id) do update set received_at = etl.hint.received_at`.execute(db)
  return (result.numAffectedRows ?? 0n) > 0n
}

/** Takes the hints of a kind that came until then. */
export async function takeHints(
  tx: PlannerTransaction,
  asked: { readonly dataSourceId: number; readonly kind: HintKind; readonly untilMs: number },
): Promise<string[]> {
  const rows = await tx
    .deleteFrom('etl.hint')
    .where('data_source_id', '=', asked.dataSourceId)
    .where('kind', '=', asked.kind)
    .where('received_at', '<=', new Date(asked.untilMs))
    .returning('task_id')
    .execute()
  return rows.map((row) => row.task_id).toSorted()
}

/** Expected captures of these tasks that wait for their time are asked for now. Answers how many. */
export async function wakeCaptures(
  tx: PlannerTransaction,
  woken: { readonly dataSourceId: number; readonly taskIds: readonly string[]; readonly nowMs: number },
): Promise<number> {
  const result = await sql`
    update etl.capture set not_before = ${new Date(woken.nowMs)}, updated_at = ${new Date(woken.nowMs)}
    where data_source_id = ${woken.dataSourceId} and state = 'expected' and not_before > ${new Date(woken.nowMs)}
      and task_id = any(${[...woken.taskIds]}::text[])`.execute(tx)
  return Number(result.numAffectedRows ?? 0n)
}
