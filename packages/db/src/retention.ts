import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { RecordingPolicy } from './data-source.ts'
import type { DB } from './schema.ts'

/** What retention may not remove: one task, or every conversation that began in `[fromMs, toMs)`. */
export interface LegalHold {
  readonly legalHoldId: number
  readonly dataSourceId: number
  readonly taskId: string | null
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Number of a case; never a name. */
  readonly caseRef: string
}

/** What leaves and what is asked for; null days = nothing leaves. Windows and files that are gone stay so. */
export async function changeCustody(
  db: Database,
  dataSourceId: number,
  change: { readonly retentionDays?: number | null; readonly recordingPolicy?: RecordingPolicy },
): Promise<void> {
  await db
    .updateTable('etl.data_source')
    .set({
      ...(change.retentionDays === undefined ? {} : { retention_days: change.retentionDays }),
      ...(change.recordingPolicy === undefined ? {} : { recording_policy: change.recordingPolicy }),
      updated_at: sql<Date>`now()`,
    })
    .where('data_source_id', '=', dataSourceId)
    .execute()
}

/** Also takes back what retention has let go and nobody has removed yet. Throws Postgres' 23514 for a case reference that is none. */
export async function addHold(
  db: Database,
  hold: Omit<LegalHold, 'legalHoldId'> & { readonly nowMs: number },
): Promise<number> {
  const timeOf = (ms: number | null) => (ms === null ? null : new Date(ms))
  return db.transaction().execute(async (tx) => {
    const { legal_hold_id } = await tx
      .insertInto('etl.legal_hold')
      .values({
        data_source_id: hold.dataSourceId,
        task_id: hold.taskId,
        hold_from: timeOf(hold.fromMs),
        hold_to: timeOf(hold.toMs),
        case_ref: hold.caseRef,
        created_at: new Date(hold.nowMs),
      })
      .returning('legal_hold_id')
      .executeTakeFirstOrThrow()
    await sql`
      update etl.capture c set state = 'stored', reason = null, updated_at = ${new Date(hold.nowMs)}
      from etl.legal_hold h where h.legal_hold_id = ${legal_hold_id} and c.data_source_id = h.data_source_id
        and c.state = 'expired' and c.reason is distinct from 'capture_erased' and c.object_key is not null and ${HELD}`.execute(
      tx,
    )
    return legal_hold_id
  })
}

/** False when there is no such hold, or it is released already. */
export async function releaseHold(db: Database, legalHoldId: number, nowMs: number): Promise<boolean> {
  const result = await db
    .updateTable('etl.legal_hold')
    .set({ released_at: new Date(nowMs) })
    .where('legal_hold_id', '=', legalHoldId)
    .where('released_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function listHolds(db: Database): Promise<LegalHold[]> {
  const rows = await db
    .selectFrom('etl.legal_hold')
    .selectAll()
    .where('released_at', 'is', null)
    .orderBy('legal_hold_id')
    .execute()
  return rows.map((row) => ({
    legalHoldId: row.legal_hold_id,
    dataSourceId: row.data_source_id,
    taskId: row.task_id,
    fromMs: row.hold_from?.getTime() ?? null,
    toMs: row.hold_to?.getTime() ?? null,
    caseRef: row.case_ref,
  }))
}

/** Whether hold `h` covers capture `c`. */
const HELD = sql`(h.task_id = c.task_id or (c.conversation_start_time >= h.hold_from and c.conversation_start_time < h.hold_to))`

export interface RemovableCapture {
  readonly captureId: number
  readonly objectKey: string
}

/**
 * Expired captures whose object lies in the store still, and that no hold covers: locked until the transaction ends, those that another process
 * removes are passed over.
 */
export async function removableCaptures(tx: Transaction<DB>, limit: number): Promise<RemovableCapture[]> {
  const { rows } = await sql<RemovableCapture>`
    select c.capture_id as "captureId", c.object_key as "objectKey" from etl.capture c
    where c.state = 'expired' and c.object_key is not null
      and not exists (select from etl.legal_hold h where h.data_source_id = c.data_source_id and h.released_at is null and ${HELD})
    order by c.capture_id limit ${limit} for update of c skip locked`.execute(tx)
  return rows
}

/** After the object is gone: the row forgets it, its file becomes a tombstone, and what was written in it leaves with it. Facts of turns stay. */
export async function forgetRemoved(tx: Transaction<DB>, captureIds: readonly number[], nowMs: number): Promise<void> {
  if (captureIds.length === 0) return
  const gone = sql`
    select c.*, case when c.kind = 'recording' then c.source_capture_id else c.task_id || '/' || c.source_capture_id end as name
    from etl.capture c where c.capture_id = any(${[...captureIds]}::bigint[])`
  await sql`
    delete from pii.turn_content p using (${gone}) g, journey.media_file m, journey.turn t
    where m.data_source_id = g.data_source_id and m.source_capture_id = g.name and g.kind = 'transcript'
      and t.conversation_id = m.conversation_id and t.conversation_start_time = m.conversation_start_time
      and (t.source_record_id = g.name or starts_with(t.source_record_id, g.name || ':'))
      and p.turn_id = t.turn_id and p.conversation_start_time = t.conversation_start_time`.execute(tx)
  await sql`
    update journey.media_file m set is_deleted = true, updated_at = now() from (${gone}) g
    where m.data_source_id = g.data_source_id and m.source_capture_id = g.name and not m.is_deleted`.execute(tx)
  await sql`update etl.capture set object_key = null, updated_at = ${new Date(nowMs)} where capture_id = any(${[...captureIds]}::bigint[])`.execute(
    tx,
  )
}
