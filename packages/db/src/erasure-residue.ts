import { sql } from 'kysely'
import type { Database } from './connect.ts'
import type { Erasure } from './erasure.ts'

interface Found {
  readonly where: string
  readonly count: number
}

/** Rows that still know an erased contact by its id, or say something of its tasks that facts may not. */
export async function countRowsOf(db: Database, { contactId, erasureId }: Erasure): Promise<Found[]> {
  const { rows } = await sql<Found>`
    with c as (
      select c.* from etl.erased_task t join journey.conversation c
        on c.data_source_id = t.data_source_id and c.source_task_id = t.task_id and c.conversation_start_time = t.created_time
      where t.erasure_id = ${erasureId})
    select 'journey.contact' as where, count(*)::int as count from journey.contact where contact_id = ${contactId}
    union all select 'journey.customer_merge', count(*)::int from journey.customer_merge where contact_id = ${contactId}
    union all select 'journey.conversation', count(*)::int from journey.conversation where contact_id = ${contactId}
    union all select 'journey.engagement', count(*)::int from journey.engagement where contact_id = ${contactId}
    union all select 'pii.contact_identity', count(*)::int from pii.contact_identity where contact_id = ${contactId}
    union all select 'variables of conversations', count(*)::int from c where c.variables is not null
    union all select 'pii.conversation_detail', count(*)::int from c join pii.conversation_detail using (conversation_id, conversation_start_time)
    union all select 'pii.turn_content', count(*)::int from c join journey.turn t using (conversation_id, conversation_start_time)
      join pii.turn_content p on p.turn_id = t.turn_id and p.conversation_start_time = t.conversation_start_time
    union all select 'comments of reviews', count(*)::int from c join journey.review using (conversation_id, conversation_start_time) where comment is not null
    union all select 'files of etl.capture', count(*)::int from etl.capture k join etl.erased_task t using (data_source_id, task_id)
      where t.erasure_id = ${erasureId} and (k.object_key is not null or k.state not in ('expired'))`.execute(db)
  return rows
}

/** Rows of any table that hold one of these texts, by table. Reads all of them. */
export async function countRowsHolding(db: Database, texts: readonly string[]): Promise<Found[]> {
  if (texts.length === 0) return []
  const { rows: tables } = await sql<{ name: string }>`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('journey', 'pii', 'etl') order by 1`.execute(
    db,
  )
  const found: Found[] = []
  for (const { name } of tables) {
    // As a row's text has it: quotes doubled.
    const forms = texts.map((text) => text.replaceAll('"', '""'))
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.raw(name)} t
      where exists (select from unnest(${forms}::text[]) as x where position(x in t::text) > 0)`.execute(db)
    found.push({ where: `rows of ${name} with the address`, count: rows[0]!.count })
  }
  return found
}

/** Where files of the erased tasks would lie. */
export async function filesOfErased(
  db: Database,
  erasureId: number,
): Promise<{ readonly sourceKey: string; readonly taskId: string; readonly conversationStartMs: number }[]> {
  const rows = await db
    .selectFrom('etl.erased_task as t')
    .innerJoin('etl.data_source as s', 's.data_source_id', 't.data_source_id')
    .select(['s.data_source_key as sourceKey', 't.task_id as taskId', 't.created_time'])
    .where('t.erasure_id', '=', erasureId)
    .orderBy('t.task_id')
    .execute()
  return rows.map(({ created_time, ...row }) => ({ ...row, conversationStartMs: created_time.getTime() }))
}
