import { type Transaction, sql } from 'kysely'
import type { Database } from '../connect.ts'
import { createMonth, listMissingMonths } from '../planning/months.ts'
import type { DB } from '../schema.ts'
import { inStatements } from './recordset.ts'

/** How long a new month may wait for running writers. */
const MONTH_LOCK_MS = 5_000

/** Partitions for these moments; `made` remembers months that are there. */
export async function ensureMonthsOf(db: Database, times: readonly Date[], made: Set<number>): Promise<void> {
  const months = new Set(times.map((time) => Date.UTC(time.getUTCFullYear(), time.getUTCMonth())))
  for (const monthMs of [...months].filter((month) => !made.has(month)).toSorted((a, b) => a - b)) {
    for (const missing of await listMissingMonths(db, { fromMs: monthMs, untilMs: monthMs })) {
      await db.transaction().execute((tx) => createMonth(tx, missing, MONTH_LOCK_MS))
    }
    made.add(monthMs)
  }
}

/** What is stored of these conversations, also of those that were taken back. */
export async function readImportedConversations(tx: Transaction<DB>, conversationIds: readonly string[]) {
  if (conversationIds.length === 0) return []
  return tx
    .selectFrom('journey.conversation')
    .select([
      'conversation_id as conversationId',
      'conversation_start_time as startTime',
      'contact_id as contactId',
      'customer_id as customerId',
      'channel_type as channelType',
      'direction',
      'is_deleted as isDeleted',
    ])
    .where('conversation_id', 'in', [...conversationIds])
    .execute()
}

/** Engagements stored earlier bear the contact of their conversation, whatever it is by now. */
export async function followConversations(tx: Transaction<DB>, conversationIds: readonly string[]): Promise<void> {
  if (conversationIds.length === 0) return
  await sql`
    update journey.engagement t
    set contact_id = c.contact_id, customer_id = c.customer_id, channel_type = c.channel_type, direction = c.direction, updated_at = now()
    from journey.conversation c
    where c.conversation_id = any(${[...conversationIds]}::uuid[]) and t.conversation_id = c.conversation_id
      and t.conversation_start_time = c.conversation_start_time
      and (t.contact_id, t.customer_id, t.channel_type, t.direction)
        is distinct from (c.contact_id, c.customer_id, c.channel_type, c.direction)`.execute(tx)
}

/** Availability of these statuses, by id. */
export async function readAvailabilities(
  tx: Transaction<DB>,
  statusIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (statusIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('journey.agent_status')
    .select(['agent_status_id', 'availability'])
    .where('agent_status_id', 'in', [...statusIds])
    .execute()
  return new Map(rows.map((row) => [row.agent_status_id, row.availability]))
}

/** The file's own statuses, which no record names otherwise. */
export async function configureStatuses(
  tx: Transaction<DB>,
  statuses: readonly { readonly id: string; readonly name: string }[],
): Promise<void> {
  for (const json of inStatements(statuses)) {
    await sql`
      update journey.agent_status t
      set name = x.name, is_configured = true, is_active = true, deleted_at = null, updated_at = now()
      from json_to_recordset(${json}::json) as x(id uuid, name text)
      where t.agent_status_id = x.id
        and (t.name <> x.name or not t.is_configured or not t.is_active or t.deleted_at is not null)`.execute(tx)
  }
}

/** Rows of facts become tombstones; a conversation takes its engagements and turns with it. */
export async function buryFacts(
  tx: Transaction<DB>,
  ids: {
    readonly conversations: readonly string[]
    readonly engagements: readonly string[]
    readonly turns: readonly string[]
    readonly activities: readonly string[]
  },
): Promise<void> {
  const bury = async (table: string, column: string, of: readonly string[]) => {
    if (of.length === 0) return
    await sql`
      update ${sql.table(table)} set is_deleted = true, updated_at = now()
      where ${sql.ref(column)} = any(${[...of]}::uuid[]) and not is_deleted`.execute(tx)
  }
  await bury('journey.conversation', 'conversation_id', ids.conversations)
  await bury('journey.engagement', 'conversation_id', ids.conversations)
  await bury('journey.turn', 'conversation_id', ids.conversations)
  await bury('journey.engagement', 'engagement_id', ids.engagements)
  await bury('journey.turn', 'turn_id', ids.turns)
  await bury('journey.activity', 'activity_id', ids.activities)
}

/** Members that were taken back stay, as what the vendor deletes does. */
export async function markMemberDeleted(
  tx: Transaction<DB>,
  member: {
    readonly kind: 'agent' | 'queue' | 'team' | 'site' | 'entry_point' | 'outcome' | 'agent_status'
    readonly id: string
  },
): Promise<void> {
  const { kind, id } = member
  const inactive = kind === 'agent' ? sql`status = 'Inactive'` : sql`is_active = false`
  await sql`
    update ${sql.table(`journey.${kind}`)} set deleted_at = now(), ${inactive}, updated_at = now()
    where ${sql.ref(`${kind}_id`)} = ${id} and deleted_at is null`.execute(tx)
}
