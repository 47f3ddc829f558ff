import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'

/** What a task's records say about other tasks. */
export interface TaskRelations {
  readonly taskId: string
  readonly createdMs: number
  /** Contacts it made of itself, by a consult to an entry point; they may or may not be tasks of their own. */
  readonly childTaskIds: readonly string[]
  /** Digest of the mail thread it belongs to; null for all but mails. */
  readonly threadKey: string | null
}

/**
 * Keeps what these tasks say, and gives their parents as they stand then: the task that names one as its child, else the first of its thread. The
 * caller holds the locks of the tasks and of their children (`lockTaskSources`). Others of the same threads wait until the transaction ends.
 * One statement for tasks that say nothing.
 */
export async function saveRelations(
  tx: Transaction<DB>,
  dataSourceId: number,
  tasks: readonly TaskRelations[],
): Promise<ReadonlyMap<string, string>> {
  const children = tasks.flatMap(({ taskId, childTaskIds }) =>
    childTaskIds.map((child) => ({ child_task_id: child, parent_task_id: taskId })),
  )
  if (children.length > 0) {
    await sql`
      insert into etl.child_task (data_source_id, child_task_id, parent_task_id)
      select distinct ${dataSourceId}::smallint, x.child_task_id, x.parent_task_id
      from json_to_recordset(${JSON.stringify(children)}::json) as x(child_task_id text, parent_task_id text)
      order by 2, 3
      on conflict do nothing`.execute(tx)
  }
  const threads = tasks.flatMap(({ taskId, createdMs, threadKey }) =>
    threadKey === null ? [] : [{ task_id: taskId, thread_key: threadKey, created_time: new Date(createdMs) }],
  )
  if (threads.length > 0) {
    const keys = [...new Set(threads.map((thread) => thread.thread_key))]
    await sql`select pg_advisory_xact_lock(hashtextextended('thread:' || ${dataSourceId}::text || ':' || key, 0))
      from (select unnest(${keys}::text[]) as key order by 1) keys`.execute(tx)
    await sql`
      insert into etl.task_thread as t (data_source_id, task_id, thread_key, created_time)
      select ${dataSourceId}, x.task_id, x.thread_key, x.created_time
      from json_to_recordset(${JSON.stringify(threads)}::json) as x(task_id text, thread_key text, created_time timestamptz)
      order by x.task_id
      on conflict (data_source_id, task_id) do update set thread_key = excluded.thread_key
      where t.thread_key <> excluded.thread_key`.execute(tx)
  }
  return readParents(
    tx,
    dataSourceId,
    tasks.map((task) => task.taskId),
    threads.map((thread) => thread.task_id),
  )
}

/**
 * Tasks of other batches that these relations have given another parent: their conversations follow. The tasks' own have theirs already.
 * `conversationIdOf` spells our id of a task.
 */
export async function adoptTasks(
  tx: Transaction<DB>,
  dataSourceId: number,
  tasks: readonly TaskRelations[],
  conversationIdOf: (taskId: string) => string,
): Promise<void> {
  const children = tasks.flatMap((task) => task.childTaskIds)
  const keys = tasks.flatMap((task) => task.threadKey ?? [])
  if (children.length + keys.length === 0) return
  const own = tasks.map((task) => task.taskId)
  const { rows } = await sql<{ task_id: string }>`
    select task_id from (
      select unnest(${children}::text[]) as task_id
      union select task_id from etl.task_thread where data_source_id = ${dataSourceId} and thread_key = any(${keys}::text[])) related
    where task_id <> all(${own}::text[])`.execute(tx)
  const ids = rows.map((row) => row.task_id)
  if (ids.length === 0) return
  const parents = await readParents(tx, dataSourceId, ids, ids)
  const moved = ids.map((id) => ({ id: conversationIdOf(id), parent: mapped(parents.get(id), conversationIdOf) }))
  await sql`
    update journey.conversation c set parent_conversation_id = x.parent, updated_at = now()
    from json_to_recordset(${JSON.stringify(moved)}::json) as x(id uuid, parent uuid)
    where c.conversation_id = x.id and c.parent_conversation_id is distinct from x.parent`.execute(tx)
}

/** `threaded` are those of the tasks that belong to a thread: the others need not be looked for there. */
async function readParents(
  tx: Transaction<DB>,
  dataSourceId: number,
  taskIds: readonly string[],
  threaded: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const parents = new Map<string, string>()
  if (threaded.length > 0) {
    const { rows } = await sql<{ task_id: string; parent: string }>`
      select t.task_id, (select o.task_id from etl.task_thread o
        where o.data_source_id = t.data_source_id and o.thread_key = t.thread_key order by o.created_time, o.task_id limit 1) as parent
      from etl.task_thread t where t.data_source_id = ${dataSourceId} and t.task_id = any(${[...threaded]}::text[])`.execute(
      tx,
    )
    for (const row of rows) parents.set(row.task_id, row.parent)
  }
  if (taskIds.length > 0) {
    const { rows } = await sql<{ task_id: string; parent: string }>`
      select child_task_id as task_id, min(parent_task_id) as parent from etl.child_task
      where data_source_id = ${dataSourceId} and child_task_id = any(${[...taskIds]}::text[]) group by 1`.execute(tx)
    for (const row of rows) parents.set(row.task_id, row.parent)
  }
  for (const [taskId, parent] of parents) if (parent === taskId) parents.delete(taskId)
  return parents
}

function mapped(taskId: string | undefined, idOf: (taskId: string) => string): string | null {
  return taskId === undefined ? null : idOf(taskId)
}
