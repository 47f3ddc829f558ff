import { customerIdOf } from '@wxcc/contracts/dimension-id'
import { type Transaction, sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { DB } from '../schema.ts'
import { lockSource } from './source-lock.ts'

/** What a merge or its undoing changed. */
export interface CustomerMove {
  /** Customer the contacts have now; null after an undoing, when each has its own. */
  readonly customerId: string | null
  readonly contacts: number
  readonly conversations: number
  readonly engagements: number
}

export interface MergedContact {
  readonly contactId: string
  readonly customerId: string
  /** How many conversations the contact had. */
  readonly conversations: number
}

/** A person asked for something that cannot be; ids only, since values are personal data. */
export class CustomerRefusal extends Error {
  override readonly name = 'CustomerRefusal'
}

/**
 * Makes these contacts contacts of one customer, on all facts and for good: the merge list survives a replay from raw pages. `into` and `ids` name
 * contacts or customers; a customer stands for all its contacts. Mapping waits meanwhile. Repeating it changes nothing.
 * Throws `CustomerRefusal` for ids nobody has, and for the contact that all callers without a number share.
 */
export async function mergeCustomers(
  db: Database,
  asked: { readonly into: string; readonly ids: readonly string[] },
): Promise<CustomerMove> {
  return aloneWithFacts(db, async (tx) => {
    const [into] = await resolve(tx, [asked.into])
    const contacts = await resolve(tx, asked.ids)
    if (contacts.some((contact) => contact.contact_kind === 'anonymous')) {
      throw new CustomerRefusal('callers who hide their number share one contact; it is nobody, and cannot be merged')
    }
    const customerId = into!.customer_id
    const moved = contacts.map((contact) => moveOf(contact, customerId))
    return { customerId, ...(await move(tx, moved)) }
  })
}

/** Gives these contacts their own customers back. `ids` as in `mergeCustomers`: a customer stands for all that was merged into it. */
export async function unmergeCustomers(db: Database, ids: readonly string[]): Promise<CustomerMove> {
  return aloneWithFacts(db, async (tx) => {
    const contacts = await resolve(tx, ids)
    const moved = contacts.map((contact) => moveOf(contact, customerIdOf(contact.contact_id)))
    return { customerId: null, ...(await move(tx, moved)) }
  })
}

/** The merge list, by customer. */
export async function listMergedContacts(db: Database): Promise<MergedContact[]> {
  const { rows } = await sql<MergedContact>`
    select m.contact_id as "contactId", m.customer_id as "customerId",
      (select count(*) from journey.conversation c where c.contact_id = m.contact_id and not c.is_deleted) as conversations
    from journey.customer_merge m order by 2, 1`.execute(db)
  return rows
}

/** Every mapper of every source shares its source's lock; whoever has them all is alone with the facts. In order of id, against deadlocks. */
export async function aloneWithFacts<T>(db: Database, work: (tx: Transaction<DB>) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    const sources = await tx.selectFrom('etl.data_source').select('data_source_id').orderBy('data_source_id').execute()
    for (const { data_source_id } of sources) await lockSource(tx, data_source_id, 'exclusive').catch(refuse)
    return work(tx)
  })
}

/** SQLSTATE of a lock that was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03'

function refuse(cause: unknown): never {
  if ((cause as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw cause
  throw new CustomerRefusal('mapping has the facts and does not pause; nothing was changed, try again later')
}

/** The contacts that these ids of contacts or customers stand for. */
async function resolve(tx: Transaction<DB>, ids: readonly string[]) {
  const wanted = [...new Set(ids)]
  const contacts = await tx
    .selectFrom('journey.contact')
    .select(['contact_id', 'customer_id', 'contact_kind'])
    .where((of) => of.or([of('contact_id', 'in', wanted), of('customer_id', 'in', wanted)]))
    .orderBy('contact_id')
    .execute()
  const known = new Set(contacts.flatMap((contact) => [contact.contact_id, contact.customer_id]))
  const unknown = wanted.filter((id) => !known.has(id))
  if (unknown.length > 0) throw new CustomerRefusal(`no contact or customer has the id ${unknown.join(', ')}`)
  return contacts
}

interface Move {
  readonly contactId: string
  readonly customerId: string
  readonly before: string
}

function moveOf(contact: { readonly contact_id: string; readonly customer_id: string }, customerId: string): Move {
  return { contactId: contact.contact_id, customerId, before: contact.customer_id }
}

async function move(tx: Transaction<DB>, moved: readonly Move[]): Promise<Omit<CustomerMove, 'customerId'>> {
  const merged = moved.filter(({ contactId, customerId }) => customerId !== customerIdOf(contactId))
  const asked = (list: readonly Move[]) =>
    sql`json_to_recordset(${JSON.stringify(list)}::json) as x("contactId" uuid, "customerId" uuid)`
  await sql`
    insert into journey.customer_merge as t (contact_id, customer_id)
    select x."contactId", x."customerId" from ${asked(merged)}
    on conflict (contact_id) do update set customer_id = excluded.customer_id, updated_at = now()
    where t.customer_id <> excluded.customer_id`.execute(tx)
  const home = moved.filter((one) => !merged.includes(one)).map(({ contactId }) => contactId)
  await sql`delete from journey.customer_merge where contact_id = any(${home}::uuid[])`.execute(tx)
  await sql`
    insert into journey.customer as t (customer_id) select distinct x."customerId" from ${asked(moved)}
    on conflict (customer_id) do update set is_deleted = false, updated_at = now() where t.is_deleted`.execute(tx)
  const contacts = await sql`
    update journey.contact t set customer_id = x."customerId", updated_at = now() from ${asked(moved)}
    where t.contact_id = x."contactId" and t.customer_id <> x."customerId"`.execute(tx)
  // A customer without contacts is nobody; its row stays as a tombstone for those who have read it.
  await sql`
    update journey.customer t set is_deleted = true, updated_at = now()
    where not t.is_deleted and t.customer_id = any(${moved.map(({ before }) => before)}::uuid[])
      and not exists (select from journey.contact c where c.customer_id = t.customer_id)`.execute(tx)
  const conversations = await sql`
    update journey.conversation t set customer_id = x."customerId", updated_at = now() from ${asked(moved)}
    where t.contact_id = x."contactId" and t.customer_id is distinct from x."customerId"`.execute(tx)
  const engagements = await sql`
    update journey.engagement t set customer_id = c.customer_id, updated_at = now()
    from journey.conversation c
    where c.contact_id = any(${moved.map(({ contactId }) => contactId)}::uuid[]) and t.conversation_id = c.conversation_id
      and t.conversation_start_time = c.conversation_start_time and t.customer_id is distinct from c.customer_id`.execute(
    tx,
  )
  return {
    contacts: Number(contacts.numAffectedRows),
    conversations: Number(conversations.numAffectedRows),
    engagements: Number(engagements.numAffectedRows),
  }
}
