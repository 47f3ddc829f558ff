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
 * Replaces the engagements of each conversation, and what is known of it in `pii`; engagements no longer derived become tombstones. The caller holds
 * the tasks' locks. `isHeld` says whether a task was derived before: what never was has nothing to bury.
 * Returns the ids of the held conversations whose engagements changed in any way: their turns may now belong elsewhere.
 */
export async function replaceEngagements(
  tx: Transaction<DB>,
  derived: readonly DerivedConversation[],
  fetchId: number,
  isHeld: (taskId: string) => boolean,
): Promise<string[]> {
  if (derived.length === 0) return []
  const engagements = derived.flatMap((one) => one.engagements)
  const changed = new Set(await upsertFacts(tx, engagementFacts, engagements, fetchId))
  await replaceDetails(tx, derived)
  const held = derived.filter(({ conversation }) => isHeld(conversation.source_task_id))
  const touched = held
    .filter((one) => one.engagements.some((row) => changed.has(row.engagement_id)))
    .map((one) => one.conversation.conversation_id)
  return [...new Set([...touched, ...(await buryVanished(tx, held, fetchId))])].sort()
}

/** Replaces the conversations' own rows. */
export async function replaceConversations(
  tx: Transaction<DB>,
  conversations: readonly ConversationRow[],
  fetchId: number,
): Promise<void> {
  await upsertFacts(tx, conversationFacts, conversations, fetchId)
}

async function buryVanished(
  tx: Transaction<DB>,
  held: readonly DerivedConversation[],
  fetchId: number,
): Promise<string[]> {
  if (held.length === 0) return []
  const { rows } = await sql<{ conversation_id: string }>`
    update journey.engagement set is_deleted = true, fetch_id = ${fetchId}, updated_at = now()
    where conversation_id = any(${held.map((one) => one.conversation.conversation_id)}::uuid[])
      and conversation_start_time = any(${held.map((one) => one.conversation.conversation_start_time)}::timestamptz[])
      and engagement_id <> all(${held.flatMap((one) => one.engagements.map((row) => row.engagement_id))}::uuid[])
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
      left join pii.conversation_detail k using (conversation_id, conversation_start_time)
      where case when k.conversation_id is null
        then x.customer_name is not null or x.survey_comment is not null or x.variables is not null
        else (k.customer_name, k.survey_comment, k.variables) is distinct from (x.customer_name, x.survey_comment, x.variables) end
      on conflict (conversation_id, conversation_start_time) do update
      set customer_name = excluded.customer_name, survey_comment = excluded.survey_comment, variables = excluded.variables,
        updated_at = now()`.execute(tx)
  }
}
