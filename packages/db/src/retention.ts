import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { RecordingPolicy, Retention } from './data-source.ts'
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

/** What leaves and what is asked for; what is not given stays as it is, null = nothing leaves. What is gone stays gone. */
export async function changeCustody(
  db: Database,
  dataSourceId: number,
  change: { readonly retention?: Partial<Retention>; readonly recordingPolicy?: RecordingPolicy },
): Promise<void> {
  const { recordings, transcripts, personal, pages } = change.retention ?? {}
  await db
    .updateTable('etl.data_source')
    .set({
      ...(recordings === undefined ? {} : { recording_days: recordings }),
      ...(transcripts === undefined ? {} : { transcript_days: transcripts }),
      ...(personal === undefined ? {} : { personal_days: personal }),
      ...(pages === undefined ? {} : { page_days: pages }),
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

export interface RemovablePage {
  readonly rawPageId: number
  readonly objectKey: string
}

/**
 * Pages of which nothing is needed any more: every quarter hour of their span has expired, no task that lives still is made of them, and no legal
 * hold covers them (one over a span of time also covers what became of its tasks in the week after). Locked until the transaction ends, those that
 * another process removes are passed over.
 */
export async function removablePages(
  tx: Transaction<DB>,
  given: { readonly dataSourceId: number; readonly cutoffMs: number; readonly limit: number },
): Promise<RemovablePage[]> {
  const cutoff = new Date(given.cutoffMs)
  const { rows } = await sql<RemovablePage>`
    with alive as materialized (
      select csr_page_id, car_page_ids from etl.task_source
      where data_source_id = ${given.dataSourceId} and created_time < ${cutoff} and last_activity_time >= ${cutoff}),
    spans as materialized (
      select f.fetch_id from etl.fetch f
      where f.data_source_id = ${given.dataSourceId} and f.kind = 'span' and f.range_end <= ${cutoff} and f.state in ('done','failed')
        and exists (select from etl.raw_page p where p.data_source_id = f.data_source_id and p.fetch_id = f.fetch_id and p.removed_at is null)
        and not exists (select from etl.load_window w where w.data_source_id = f.data_source_id and w.stream = f.stream and w.state <> 'expired'
          and w.window_start > f.range_start - interval '15 minutes' and w.window_start < f.range_end)
        and not exists (select from etl.legal_hold h left join etl.task_source t on t.data_source_id = h.data_source_id and t.task_id = h.task_id
          where h.data_source_id = f.data_source_id and h.released_at is null
            and ((h.hold_from < f.range_end and h.hold_to + interval '7 days' > f.range_start)
              or (t.created_time < f.range_end and t.last_activity_time + interval '1 day' >= f.range_start))))
    select p.raw_page_id as "rawPageId", p.object_key as "objectKey" from etl.raw_page p join spans using (fetch_id)
    where p.removed_at is null and not exists (select from alive a where a.csr_page_id = p.raw_page_id or p.raw_page_id = any(a.car_page_ids))
    order by p.raw_page_id limit ${given.limit} for update of p skip locked`.execute(tx)
  return rows
}

/** After their objects are gone. */
export async function forgetPages(tx: Transaction<DB>, rawPageIds: readonly number[], nowMs: number): Promise<void> {
  if (rawPageIds.length === 0) return
  await tx
    .updateTable('etl.raw_page')
    .set({ removed_at: new Date(nowMs) })
    .where('raw_page_id', 'in', [...rawPageIds])
    .execute()
}

/**
 * Removes what `pii` has of conversations older than their source keeps it, unless a legal hold covers them, and addresses that are of no other
 * conversation; returns how many rows. Facts stay. A conversation that is derived again afterwards brings its own back until the next look.
 */
export async function forgetPersonal(db: Database, nowMs: number): Promise<number> {
  const now = new Date(nowMs)
  const isKept = sql`(d.personal_days is null or c.conversation_start_time >= ${now}::timestamptz - make_interval(days => d.personal_days)
    or exists (select from etl.legal_hold h where h.data_source_id = c.data_source_id and h.released_at is null
      and (h.task_id = c.source_task_id or (c.conversation_start_time >= h.hold_from and c.conversation_start_time < h.hold_to))))`
  // The oldest conversation that any source keeps: without it each look would go through everything.
  const { rows } = await sql<{ cutoff: Date | null }>`
    select max(${now}::timestamptz - make_interval(days => personal_days)) as cutoff from etl.data_source`.execute(db)
  const cutoff = rows[0]!.cutoff
  if (cutoff === null) return 0
  const details = await sql`
    delete from pii.conversation_detail p using journey.conversation c, etl.data_source d
    where p.conversation_start_time < ${cutoff} and c.conversation_id = p.conversation_id
      and c.conversation_start_time = p.conversation_start_time and d.data_source_id = c.data_source_id and not ${isKept}`.execute(
    db,
  )
  const texts = await sql`
    delete from pii.turn_content p using journey.turn t, journey.conversation c, etl.data_source d
    where p.conversation_start_time < ${cutoff} and t.turn_id = p.turn_id and t.conversation_start_time = p.conversation_start_time
      and c.conversation_id = t.conversation_id and c.conversation_start_time = t.conversation_start_time
      and d.data_source_id = c.data_source_id and not ${isKept}`.execute(db)
  const addresses = await sql`
    delete from pii.contact_identity p using journey.contact k
    where k.contact_id = p.contact_id and k.last_seen_at < ${cutoff}
      and not exists (select from journey.conversation c join etl.data_source d using (data_source_id)
        where c.contact_id = k.contact_id and ${isKept})`.execute(db)
  return [details, texts, addresses].reduce((sum, one) => sum + Number(one.numAffectedRows), 0)
}
