import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A task with captures to ask for. */
export interface DueTask {
  readonly taskId: string
  /** Since when the oldest of them is due, epoch ms. */
  readonly dueSinceMs: number
  /** Nothing of it was asked for before. */
  readonly isFirst: boolean
}

/**
 * Ended tasks with captures that are expected and due, the oldest conversation first: the vendor purges that first. A capture asked for before waits for its `not_before`; when
 * that fetch left none, for `retryMs` after its end, so that a failing one cannot come back at every tick.
 */
export async function listDueTasks(
  tx: PlannerTransaction,
  asked: { readonly dataSourceId: number; readonly nowMs: number; readonly retryMs: number; readonly limit: number },
): Promise<DueTask[]> {
  const { rows } = await sql<DueTask>`
    select task_id as "taskId", (extract(epoch from min(due_since)) * 1000)::bigint as "dueSinceMs", bool_and(is_first) as "isFirst"
    from (
      select c.task_id, c.conversation_start_time, c.fetch_id is null and c.attempts = 0 as is_first, case
          when f.state = 'failed' then greatest(c.not_before, f.finished_at + ${asked.retryMs}::float8 * interval '1 millisecond')
          when f.fetch_id is not null then coalesce(c.not_before, f.finished_at + ${asked.retryMs}::float8 * interval '1 millisecond')
          else coalesce(c.not_before, c.created_at) end as due_since
      from etl.capture c
      left join etl.fetch f on f.fetch_id = c.fetch_id
      where c.data_source_id = ${asked.dataSourceId} and c.state = 'expected'
        and (f.fetch_id is null or f.state in ('done','failed'))
        and exists (select from journey.conversation v
          where v.data_source_id = c.data_source_id and v.source_task_id = c.task_id
            and v.conversation_start_time = c.conversation_start_time and not v.is_deleted and v.status <> 'In Progress')) due
    where due_since <= ${new Date(asked.nowMs)}
    group by 1 order by min(conversation_start_time), 1 limit ${asked.limit}`.execute(tx)
  return rows
}

/** Names the fetch on the expected captures of its tasks. */
export async function bookCaptures(
  tx: PlannerTransaction,
  booked: {
    readonly dataSourceId: number
    readonly taskIds: readonly string[]
    readonly fetchId: number
    readonly nowMs: number
  },
): Promise<void> {
  await tx
    .updateTable('etl.capture')
    .set({ fetch_id: booked.fetchId, updated_at: new Date(booked.nowMs) })
    .where('data_source_id', '=', booked.dataSourceId)
    .where('task_id', '=', sql<string>`any(${[...booked.taskIds]}::text[])`)
    .where('state', '=', 'expected')
    .execute()
}

/** downloading → expected where the fetch that took the capture has ended without it; its task is listed again. Returns how many. */
export async function takeBackDownloads(tx: PlannerTransaction, nowMs: number): Promise<number> {
  const result = await sql`
    update etl.capture c set state = 'expected', updated_at = ${new Date(nowMs)}
    from etl.fetch f where f.fetch_id = c.fetch_id and c.state = 'downloading' and f.state in ('done','failed')`.execute(
    tx,
  )
  return Number(result.numAffectedRows ?? 0n)
}
