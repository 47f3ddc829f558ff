import { uuidV5 } from '@wxcc/contracts/dimension-id'
import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { reviewFacts, type ReviewRow } from './fact-tables.ts'
import { upsertFacts } from './facts.ts'

/** What is asked of every contact, by the vendor's field that holds the answer. They belong to no source: the question is the same everywhere. */
export const QUESTIONS = {
  csatScore: { id: uuidV5('question:webex_cc/csatScore'), name: 'Customer satisfaction (survey)' },
  autoCsat: { id: uuidV5('question:webex_cc/autoCsat'), name: 'Customer satisfaction (predicted)' },
} as const

/** Who predicts. A survey is answered by the customer, who is no reviewer. */
export const AUTO_REVIEWER = { id: uuidV5('reviewer:webex_cc/autoCsat'), name: 'Webex AI' } as const

/** Replaces the reviews of these conversations; those no longer given become tombstones. */
export async function replaceReviews(
  tx: Transaction<DB>,
  of: { readonly conversationIds: readonly string[]; readonly reviews: readonly ReviewRow[]; readonly fetchId: number },
): Promise<void> {
  const { conversationIds, reviews, fetchId } = of
  if (conversationIds.length === 0) return
  if (reviews.length > 0) await ensureQuestions(tx)
  await upsertFacts(tx, reviewFacts, reviews, fetchId)
  await sql`
    update journey.review set is_deleted = true, fetch_id = ${fetchId}, updated_at = now()
    where conversation_id = any(${[...conversationIds]}::uuid[]) and not is_deleted
      and review_id <> all(${reviews.map((review) => review.review_id)}::uuid[])`.execute(tx)
}

async function ensureQuestions(tx: Transaction<DB>): Promise<void> {
  const { csatScore, autoCsat } = QUESTIONS
  await sql`
    with questions as (
      insert into journey.question (question_id, source_question_id, name, question_group)
      select v.id::uuid, v.source_id, v.name, 'Customer satisfaction'
      from (values (${autoCsat.id}, 'autoCsat', ${autoCsat.name}), (${csatScore.id}, 'csatScore', ${csatScore.name})) as v(id, source_id, name)
      where not exists (select from journey.question k where k.question_id = v.id::uuid)
      on conflict do nothing)
    insert into journey.reviewer (reviewer_id, name, reviewer_type)
    select ${AUTO_REVIEWER.id}::uuid, ${AUTO_REVIEWER.name}, 'Auto'
    where not exists (select from journey.reviewer k where k.reviewer_id = ${AUTO_REVIEWER.id}::uuid)
    on conflict do nothing`.execute(tx)
}
