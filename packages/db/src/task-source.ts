import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB } from './schema.ts'

/** What is held of one task, and where: the guard against older news and the way back to its records. */
export interface TaskSource {
  readonly taskId: string
  readonly createdMs: number
  readonly lastActivityMs: number
  /** `activities.totalCount` of the newest copy; null when the vendor gave none. */
  readonly totalCount: number | null
  /** Distinct CARs held. */
  readonly heldCount: number
  readonly csrPageId: number
  readonly carPageIds: readonly number[]
  readonly fetchId: number
  readonly mappingVersion: number
}

/** The known ones of these tasks, locked in id order until the transaction ends, so that two mappers of one task follow one another. */
export async function lockTaskSources(
  tx: Transaction<DB>,
  dataSourceId: number,
  taskIds: readonly string[],
): Promise<Map<string, TaskSource>> {
  if (taskIds.length === 0) return new Map()
  // An advisory lock per task also covers tasks that have no row yet.
  await sql`select pg_advisory_xact_lock(hashtextextended('task:' || ${dataSourceId}::text || ':' || id, 0))
    from (select unnest(${[...taskIds]}::text[]) as id order by 1) ids`.execute(tx)
  return readTaskSources(tx, dataSourceId, taskIds)
}

export async function readTaskSources(
  db: Database | Transaction<DB>,
  dataSourceId: number,
  taskIds: readonly string[],
): Promise<Map<string, TaskSource>> {
  if (taskIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('etl.task_source')
    .selectAll()
    .where('data_source_id', '=', dataSourceId)
    .where('task_id', 'in', [...taskIds])
    .execute()
  return new Map(
    rows.map((row) => [
      row.task_id,
      {
        taskId: row.task_id,
        createdMs: row.created_time.getTime(),
        lastActivityMs: row.last_activity_time.getTime(),
        totalCount: row.total_count,
        heldCount: row.held_count,
        csrPageId: row.csr_page_id,
        carPageIds: row.car_page_ids,
        fetchId: row.fetch_id,
        mappingVersion: row.mapping_version,
      },
    ]),
  )
}

/** Inserts or replaces; the caller has decided under `lockTaskSources` that these copies are the newest. */
export async function saveTaskSources(
  tx: Transaction<DB>,
  dataSourceId: number,
  sources: readonly TaskSource[],
): Promise<void> {
  if (sources.length === 0) return
  const rows = JSON.stringify(
    sources
      .toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1))
      .map((s) => ({
        task_id: s.taskId,
        created_time: new Date(s.createdMs).toISOString(),
        last_activity_time: new Date(s.lastActivityMs).toISOString(),
        total_count: s.totalCount,
        held_count: s.heldCount,
        csr_page_id: String(s.csrPageId),
        car_page_ids: s.carPageIds.map(String),
        fetch_id: String(s.fetchId),
        mapping_version: s.mappingVersion,
      })),
  )
  await sql`
    insert into etl.task_source (data_source_id, task_id, created_time, last_activity_time, total_count, held_count, csr_page_id, car_page_ids, fetch_id, mapping_version)
    select ${dataSourceId}, task_id, created_time, last_activity_time, total_count, held_count, csr_page_id, car_page_ids, fetch_id, mapping_version
    from json_to_recordset(${rows}::json) as x(task_id text, created_time timestamptz, last_activity_time timestamptz, total_count integer,
      held_count integer, csr_page_id bigint, car_page_ids bigint[], fetch_id bigint, mapping_version smallint)
    on conflict (data_source_id, task_id) do update
    set last_activity_time = excluded.last_activity_time, total_count = excluded.total_count, held_count = excluded.held_count,
        csr_page_id = excluded.csr_page_id, car_page_ids = excluded.car_page_ids, fetch_id = excluded.fetch_id,
        mapping_version = excluded.mapping_version, updated_at = now()`.execute(tx)
}
