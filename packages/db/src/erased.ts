import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB } from './schema.ts'

/** A contact that was erased: what its records say instead of the address, and the contact that this makes. */
export interface ErasedContact {
  readonly erasureId: number
  readonly contactId: string
  readonly marker: string
}

/** All erased contacts, by the id their address has. */
export async function readErased(db: Database): Promise<ReadonlyMap<string, ErasedContact>> {
  return byContact(await erased(db).execute())
}

/** Those of these contacts that were erased. With the source's lock held none is added meanwhile. */
export async function readErasedOf(
  tx: Transaction<DB>,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, ErasedContact>> {
  if (contactIds.length === 0) return new Map()
  return byContact(
    await erased(tx)
      .where('contact_id', '=', sql<string>`any(${[...contactIds]}::uuid[])`)
      .execute(),
  )
}

function erased(db: Database | Transaction<DB>) {
  return db
    .selectFrom('etl.erasure')
    .select(['erasure_id as erasureId', 'contact_id as contactId', 'marker'])
    .orderBy('erasure_id')
}

function byContact(rows: readonly ErasedContact[]): ReadonlyMap<string, ErasedContact> {
  return new Map(rows.map((row) => [row.contactId, row]))
}

/** A task whose customer was erased; it is found by its own times on pages of any pass. */
export interface ErasedTask {
  readonly taskId: string
  readonly marker: string
  readonly createdMs: number
  readonly lastActivityMs: number
}

/** Remembers tasks of erased contacts: no file of them is asked for. Times only ever widen. */
export async function saveErasedTasks(
  tx: Transaction<DB>,
  dataSourceId: number,
  tasks: readonly ErasedTask[],
): Promise<void> {
  if (tasks.length === 0) return
  const rows = tasks.map((task) => ({
    ...task,
    created: new Date(task.createdMs),
    lastActivity: new Date(task.lastActivityMs),
  }))
  await sql`
    insert into etl.erased_task as t (data_source_id, task_id, erasure_id, created_time, last_activity_time)
    select ${dataSourceId}, x."taskId", e.erasure_id, x.created, x."lastActivity"
    from json_to_recordset(${JSON.stringify(rows)}::json) as x("taskId" text, marker text, created timestamptz, "lastActivity" timestamptz)
    join etl.erasure e using (marker) order by 2
    on conflict (data_source_id, task_id) do update set last_activity_time = excluded.last_activity_time
    where t.last_activity_time < excluded.last_activity_time`.execute(tx)
}

export async function readErasedTasks(
  tx: Transaction<DB>,
  dataSourceId: number,
  taskIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (taskIds.length === 0) return new Set()
  const rows = await tx
    .selectFrom('etl.erased_task')
    .select('task_id')
    .where('data_source_id', '=', dataSourceId)
    .where('task_id', '=', sql<string>`any(${[...taskIds]}::text[])`)
    .execute()
  return new Set(rows.map((row) => row.task_id))
}
