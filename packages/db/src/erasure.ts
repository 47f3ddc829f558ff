import { customerIdOf } from '@wxcc/contracts/dimension-id'
import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import { aloneWithFacts } from './journey/customers.ts'
import type { RawPage } from './raw-page.ts'
import { pageOfRow, rawPageColumns } from './raw-page.ts'
import type { DB } from './schema.ts'

/** Why a contact cannot be erased; ids and numbers only. */
export class ErasureRefusal extends Error {
  override readonly name = 'ErasureRefusal'
}

/** What one erasure did: rows of the database, files and pages of the object store. */
export interface ErasureFigures {
  readonly tasks: number
  readonly conversations: number
  readonly engagements: number
  readonly texts: number
  readonly files: number
  readonly pages: number
}

export interface Erasure {
  readonly erasureId: number
  readonly contactId: string
  readonly marker: string
  readonly replacementContactId: string
  readonly begunAt: Date
  readonly finishedAt: Date | null
  readonly receiptSha256: Buffer | null
}

/** Which of these ids is a contact; the first one where several are. */
export async function findContact(db: Database, contactIds: readonly string[]): Promise<string | undefined> {
  const row = await db
    .selectFrom('journey.contact')
    .select('contact_id')
    .where('contact_id', 'in', [...contactIds])
    .orderBy('contact_id')
    .executeTakeFirst()
  return row?.contact_id
}

export async function findErasure(db: Database, contactIds: readonly string[]): Promise<Erasure | undefined> {
  const row = await db
    .selectFrom('etl.erasure')
    .selectAll()
    .where('contact_id', 'in', [...contactIds])
    .executeTakeFirst()
  return (
    row && {
      erasureId: row.erasure_id,
      contactId: row.contact_id,
      marker: row.marker,
      replacementContactId: row.replacement_contact_id,
      begunAt: row.begun_at,
      finishedAt: row.finished_at,
      receiptSha256: row.receipt_sha256,
    }
  )
}

/**
 * From here on the contact is nobody: one transaction, alone with the facts, notes the erasure, gives its conversations and engagements to the
 * replacement, removes what `pii` has of them and lets their files go. What a mapper reads later lands as the replacement. Repeating it changes
 * nothing more. Throws `ErasureRefusal` for a contact that is an agent's or everybody's, and where a legal hold covers one of its tasks.
 */
export async function anonymise(
  db: Database,
  asked: {
    readonly contactId: string
    readonly marker: string
    readonly replacementContactId: string
    readonly nowMs: number
  },
): Promise<Pick<ErasureFigures, 'tasks' | 'conversations' | 'engagements' | 'texts'>> {
  const { contactId, replacementContactId } = asked
  const now = new Date(asked.nowMs)
  return aloneWithFacts(db, async (tx) => {
    await refuseNobody(tx, contactId)
    const { erasure_id: erasureId } = await tx
      .insertInto('etl.erasure')
      .values({
        contact_id: contactId,
        marker: asked.marker,
        replacement_contact_id: replacementContactId,
        begun_at: now,
      })
      .onConflict((oc) => oc.column('contact_id').doUpdateSet({ contact_id: contactId }))
      .returning('erasure_id')
      .executeTakeFirstOrThrow()
    const tasks = await sql`
      insert into etl.erased_task (data_source_id, task_id, erasure_id, created_time, last_activity_time)
      select c.data_source_id, c.source_task_id, ${erasureId}, c.conversation_start_time,
        greatest(c.conversation_start_time, c.end_time, s.last_activity_time)
      from journey.conversation c left join etl.task_source s on s.data_source_id = c.data_source_id and s.task_id = c.source_task_id
      where c.contact_id = ${contactId}
      on conflict do nothing`.execute(tx)
    await refuseHeld(tx, erasureId)
    const texts = await forgetTexts(tx, erasureId)
    await letFilesGo(tx, erasureId, now)
    const moved = await moveFacts(tx, { contactId, to: replacementContactId, marker: asked.marker })
    return { tasks: Number(tasks.numAffectedRows), texts, ...moved }
  })
}

async function refuseNobody(tx: Transaction<DB>, contactId: string): Promise<void> {
  const contact = await tx
    .selectFrom('journey.contact as c')
    .leftJoin('journey.customer as k', 'k.customer_id', 'c.customer_id')
    .select(['c.contact_kind', 'k.customer_type'])
    .where('c.contact_id', '=', contactId)
    .executeTakeFirst()
  if (contact?.contact_kind === 'anonymous') {
    throw new ErasureRefusal('callers who hide their number share one contact; it is nobody, and cannot be erased')
  }
  if (contact?.customer_type === 'Agent') {
    throw new ErasureRefusal('this is the address of one of your agents, not of a customer; nothing was changed')
  }
}

async function refuseHeld(tx: Transaction<DB>, erasureId: number): Promise<void> {
  const { rows } = await sql<{ hold: number; case_ref: string }>`
    select distinct h.legal_hold_id as hold, h.case_ref from etl.legal_hold h join etl.erased_task t using (data_source_id)
    where t.erasure_id = ${erasureId} and h.released_at is null
      and (h.task_id = t.task_id or (t.created_time >= h.hold_from and t.created_time < h.hold_to))
    order by 1`.execute(tx)
  if (rows.length === 0) return
  const holds = rows.map(({ hold, case_ref }) => `${hold} (${case_ref})`).join(', ')
  throw new ErasureRefusal(
    `a legal hold keeps contacts of theirs: ${holds}; nothing was changed. wxcc retention release`,
  )
}

/** Conversations of the erased tasks, whatever contact they have by now. */
const conversations = (erasureId: number) => sql`
  select c.conversation_id, c.conversation_start_time from etl.erased_task t
  join journey.conversation c on c.data_source_id = t.data_source_id and c.source_task_id = t.task_id and c.conversation_start_time = t.created_time
  where t.erasure_id = ${erasureId}`

async function forgetTexts(tx: Transaction<DB>, erasureId: number): Promise<number> {
  const said = await sql`
    delete from pii.turn_content p using journey.turn t, (${conversations(erasureId)}) c
    where t.conversation_id = c.conversation_id and t.conversation_start_time = c.conversation_start_time
      and p.turn_id = t.turn_id and p.conversation_start_time = t.conversation_start_time`.execute(tx)
  const details = await sql`
    delete from pii.conversation_detail p using (${conversations(erasureId)}) c
    where p.conversation_id = c.conversation_id and p.conversation_start_time = c.conversation_start_time`.execute(tx)
  const variables = await sql`
    update journey.conversation t set variables = null, updated_at = now() from (${conversations(erasureId)}) c
    where t.conversation_id = c.conversation_id and t.conversation_start_time = c.conversation_start_time and t.variables is not null`.execute(
    tx,
  )
  const comments = await sql`
    update journey.review t set comment = null, updated_at = now() from (${conversations(erasureId)}) c
    where t.conversation_id = c.conversation_id and t.conversation_start_time = c.conversation_start_time and t.comment is not null`.execute(
    tx,
  )
  return [said, details, variables, comments].reduce((sum, one) => sum + Number(one.numAffectedRows), 0)
}

/** A file that is being stored now is left until it is: taken away meanwhile, its object would have no row. */
async function letFilesGo(db: Database | Transaction<DB>, erasureId: number, now: Date): Promise<void> {
  await sql`
    update etl.capture c set state = 'expired', reason = 'capture_erased', not_before = null, updated_at = ${now}
    from etl.erased_task t
    where t.erasure_id = ${erasureId} and c.data_source_id = t.data_source_id and c.task_id = t.task_id
      and c.state <> 'downloading' and c.reason is distinct from 'capture_erased'`.execute(db)
}

/** Lets go what has been stored since; how many files of the erased tasks are being stored still. */
export async function filesInTheirWay(db: Database, erasureId: number, nowMs: number): Promise<number> {
  await letFilesGo(db, erasureId, new Date(nowMs))
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from etl.capture c join etl.erased_task t using (data_source_id, task_id)
    where t.erasure_id = ${erasureId} and c.state = 'downloading'`.execute(db)
  return rows[0]!.count
}

async function moveFacts(
  tx: Transaction<DB>,
  { contactId, to, marker }: { readonly contactId: string; readonly to: string; readonly marker: string },
): Promise<Pick<ErasureFigures, 'conversations' | 'engagements'>> {
  const customerId = customerIdOf(to)
  await sql`insert into journey.customer (customer_id) values (${customerId}) on conflict do nothing`.execute(tx)
  await sql`
    insert into journey.contact (contact_id, customer_id, contact_kind, first_seen_at, last_seen_at)
    select ${to}, ${customerId}, 'other', first_seen_at, last_seen_at from journey.contact where contact_id = ${contactId}
    on conflict do nothing`.execute(tx)
  await sql`
    insert into pii.contact_identity (contact_id, normalized_value, raw_value) values (${to}, ${marker}, ${marker})
    on conflict do nothing`.execute(tx)
  await sql`delete from pii.contact_identity where contact_id = ${contactId}`.execute(tx)
  const engagements = await sql`
    update journey.engagement t set contact_id = ${to}, customer_id = ${customerId}, updated_at = now()
    from journey.conversation c
    where c.contact_id = ${contactId} and t.conversation_id = c.conversation_id
      and t.conversation_start_time = c.conversation_start_time and t.contact_id = ${contactId}`.execute(tx)
  const moved = await sql`
    update journey.conversation set contact_id = ${to}, customer_id = ${customerId}, updated_at = now()
    where contact_id = ${contactId}`.execute(tx)
  const { rows } = await sql<{ customer_id: string }>`
    delete from journey.contact where contact_id = ${contactId} returning customer_id`.execute(tx)
  await sql`delete from journey.customer_merge where contact_id = ${contactId}`.execute(tx)
  // Its own customer's id is made of the contact's: neither stays. One that has other contacts is somebody else as well.
  const customers = [...rows.map(({ customer_id }) => customer_id), customerIdOf(contactId)]
  await sql`
    delete from journey.customer t where t.customer_id = any(${customers}::uuid[])
      and not exists (select from journey.contact c where c.customer_id = t.customer_id)`.execute(tx)
  return { conversations: Number(moved.numAffectedRows), engagements: Number(engagements.numAffectedRows) }
}

/**
 * Pages of Search records that may hold the erased tasks: of every pass whose range touches a task's life, and those it was derived from; with
 * `isAll` every page of tasks there is.
 */
export async function pagesOfErased(
  db: Database,
  given: { readonly erasureId: number; readonly isAll: boolean },
): Promise<{ readonly dataSourceId: number; readonly page: RawPage }[]> {
  const touching = sql<boolean>`exists (
    select from etl.erased_task t left join etl.task_source s on s.data_source_id = t.data_source_id and s.task_id = t.task_id
    where t.erasure_id = ${given.erasureId} and t.data_source_id = p.data_source_id
      and (p.raw_page_id = s.csr_page_id or p.raw_page_id = any(s.car_page_ids) or t.task_id = any(f.task_ids)
        or (f.range_start <= greatest(t.last_activity_time, s.last_activity_time) + interval '1 day' and f.range_end > t.created_time)))`
  const rows = await db
    .selectFrom('etl.raw_page as p')
    .innerJoin('etl.fetch as f', 'f.fetch_id', 'p.fetch_id')
    .select(rawPageColumns('p'))
    .select('p.data_source_id')
    .where('p.record_kind', 'in', ['csr', 'car'])
    .where('p.removed_at', 'is', null)
    .$if(!given.isAll, (query) => query.where(touching))
    .orderBy('p.raw_page_id')
    .execute()
  return rows.map((row) => ({ dataSourceId: row.data_source_id, page: pageOfRow(row) }))
}

/** Ends an erasure; its receipt can be told from another one's by this hash. */
export async function finishErasure(
  db: Database,
  given: { readonly erasureId: number; readonly receiptSha256: Buffer; readonly nowMs: number },
): Promise<void> {
  await db
    .updateTable('etl.erasure')
    .set({ finished_at: new Date(given.nowMs), receipt_sha256: given.receiptSha256 })
    .where('erasure_id', '=', given.erasureId)
    .execute()
}
