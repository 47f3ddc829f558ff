import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { conversationFacts, type ConversationRow, engagementFacts, type EngagementRow } from './fact-tables.ts'
import { upsertFacts } from './facts.ts'
import { inStatements, sortedByKey } from './recordset.ts'

/** One task, derived whole. */
export interface DerivedConversation {
  readonly conversation: ConversationRow
  readonly engagements: readonly EngagementRow[]
  readonly detail: ConversationDetail
}

/** What identifies the customer or was said by them; kept in `pii` only. */
export interface ConversationDetail {
  readonly customerName: string | null
  readonly surveyComment: string | null
  readonly variables: Readonly<Record<string, unknown>> | null
}

/**
 * Replaces each conversation with all its engagements; those no longer derived become tombstones. The caller holds the tasks' locks.
 * Returns the ids of the conversations whose engagements changed in any way: their turns may now belong elsewhere.
 */
export async function replaceConversations(
  tx: Transaction<DB>,
  derived: readonly DerivedConversation[],
  fetchId: number,
): Promise<string[]> {
  if (derived.length === 0) return []
  const conversations = derived.map((one) => one.conversation)
  const engagements = derived.flatMap((one) => one.engagements)
  await upsertFacts(tx, conversationFacts, conversations, fetchId)
  const changed = new Set(await upsertFacts(tx, engagementFacts, engagements, fetchId))
  const touched = new Set(engagements.filter((e) => changed.has(e.engagement_id)).map((e) => e.conversation_id))
  for (const id of await buryVanished(tx, conversations, engagements, fetchId)) touched.add(id)
  await replaceDetails(tx, derived)
  return [...touched].sort()
}

async function buryVanished(
  tx: Transaction<DB>,
  conversations: readonly ConversationRow[],
  engagements: readonly EngagementRow[],
  fetchId: number,
): Promise<string[]> {
  const { rows } = await sql<{ conversation_id: string }>`
    update journey.engagement set is_deleted = true, fetch_id = ${fetchId}, updated_at = now()
    where conversation_id = any(${conversations.map((c) => c.conversation_id)}::uuid[])
      and conversation_start_time = any(${conversations.map((c) => c.conversation_start_time)}::timestamptz[])
      and not engagement_id = any(${engagements.map((e) => e.engagement_id)}::uuid[])
      and not is_deleted
    returning conversation_id`.execute(tx)
  return rows.map((row) => row.conversation_id)
}

async function replaceDetails(tx: Transaction<DB>, derived: readonly DerivedConversation[]): Promise<void> {
  const rows = sortedByKey(derived, (one) => one.conversation.conversation_id).map(({ conversation, detail }) => ({
    conversation_id: conversation.conversation_id,
    conversation_start_time: conversation.conversation_start_time,
    customer_name: detail.customerName,
    survey_comment: detail.surveyComment,
    variables: detail.variables,
  }))
  for (const json of inStatements(rows)) {
    await sql`
      insert into pii.conversation_detail as t (conversation_id, conversation_start_time, customer_name, survey_comment, variables)
      select x.conversation_id, x.conversation_start_time, x.customer_name, x.survey_comment, x.variables
      from json_populate_recordset(null::pii.conversation_detail, ${json}::json) x
      where x.customer_name is not null or x.survey_comment is not null or x.variables is not null
        or exists (select from pii.conversation_detail k where k.conversation_id = x.conversation_id)
      on conflict (conversation_id, conversation_start_time) do update
      set customer_name = excluded.customer_name, survey_comment = excluded.survey_comment, variables = excluded.variables,
        updated_at = now()
      where (t.customer_name, t.survey_comment, t.variables)
        is distinct from (excluded.customer_name, excluded.survey_comment, excluded.variables)`.execute(tx)
  }
}
