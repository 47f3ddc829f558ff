import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { inStatements, sortedByKey } from './recordset.ts'

/** A customer's address seen on a conversation. The values go to `pii.contact_identity` only. */
export interface SeenContact {
  readonly contactId: string
  /** Its own customer, used unless the contact has been merged into another one. */
  readonly customerId: string
  /** Of its own customer: one of our agents, or whoever else it may be. Once an agent, always an agent. */
  readonly customerType: 'Person' | 'Agent'
  readonly contactKind: string
  readonly countryCallingCode: string | null
  readonly emailDomain: string | null
  readonly seenAt: Date
  readonly normalizedValue: string
  readonly rawValue: string
  readonly displayName: string | null
}

/** The customers of those of these contacts that were merged into another one; the others are their own. */
export async function readCustomers(
  tx: Transaction<DB>,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (contactIds.length === 0) return new Map()
  const { rows } = await sql<{ contact_id: string; customer_id: string }>`
    select contact_id, customer_id from journey.customer_merge where contact_id = any(${[...contactIds]}::uuid[])`.execute(
    tx,
  )
  return new Map(rows.map((row) => [row.contact_id, row.customer_id]))
}

/**
 * Contacts with the first and last conversation they were seen on, their customers, and their values. Rows that need nothing are not touched.
 * Comes last in a transaction: whoever meets the same caller waits from here to its end.
 */
export async function seeContacts(tx: Transaction<DB>, seen: readonly SeenContact[]): Promise<void> {
  for (const json of inStatements(merged(seen))) {
    await sql`
      with x as (
        select r.*, m.customer_id as "mergedInto"
        from json_to_recordset(${json}::json) as r("contactId" uuid, "customerId" uuid, "customerType" text, "contactKind" text,
          "countryCallingCode" text, "emailDomain" text, "firstSeenAt" timestamptz, "lastSeenAt" timestamptz)
        left join journey.customer_merge m on m.contact_id = r."contactId"),
      customers as (
        insert into journey.customer as t (customer_id, customer_type)
        select x."customerId", x."customerType" from x
        where x."mergedInto" is null and not exists (
          select from journey.customer k
          where k.customer_id = x."customerId" and (k.customer_type = 'Agent' or x."customerType" <> 'Agent'))
        order by 1
        on conflict (customer_id) do update set customer_type = excluded.customer_type, updated_at = now()
        where t.customer_type = 'Person' and excluded.customer_type = 'Agent')
      insert into journey.contact as t
        (contact_id, customer_id, contact_kind, country_calling_code, email_domain, first_seen_at, last_seen_at)
      select x."contactId", coalesce(x."mergedInto", x."customerId"), x."contactKind", x."countryCallingCode", x."emailDomain",
        x."firstSeenAt", x."lastSeenAt"
      from x
      where not exists (
        select from journey.contact k
        where k.contact_id = x."contactId" and k.first_seen_at <= x."firstSeenAt" and k.last_seen_at >= x."lastSeenAt")
      on conflict (contact_id) do update
      set first_seen_at = least(t.first_seen_at, excluded.first_seen_at),
          last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at), updated_at = now()
      where t.first_seen_at is null or t.first_seen_at > excluded.first_seen_at or t.last_seen_at < excluded.last_seen_at`.execute(
      tx,
    )
    await sql`
      insert into pii.contact_identity as t (contact_id, normalized_value, raw_value, display_name)
      select x."contactId", x."normalizedValue", x."rawValue", x."displayName"
      from json_to_recordset(${json}::json) as x("contactId" uuid, "normalizedValue" text, "rawValue" text, "displayName" text)
      where not exists (
        select from pii.contact_identity k
        where k.contact_id = x."contactId" and (k.display_name is not null or x."displayName" is null))
      on conflict (contact_id) do update set display_name = excluded.display_name, updated_at = now()
      where t.display_name is null and excluded.display_name is not null`.execute(tx)
  }
}

function merged(seen: readonly SeenContact[]): (SeenContact & { firstSeenAt: Date; lastSeenAt: Date })[] {
  const byId = new Map<string, SeenContact & { firstSeenAt: Date; lastSeenAt: Date }>()
  for (const contact of seen) {
    const held = byId.get(contact.contactId)
    byId.set(contact.contactId, {
      ...(held ?? contact),
      displayName: held?.displayName ?? contact.displayName,
      customerType: held?.customerType === 'Agent' ? 'Agent' : contact.customerType,
      firstSeenAt: held && held.firstSeenAt < contact.seenAt ? held.firstSeenAt : contact.seenAt,
      lastSeenAt: held && held.lastSeenAt > contact.seenAt ? held.lastSeenAt : contact.seenAt,
    })
  }
  return sortedByKey(byId.values(), (contact) => contact.contactId)
}
