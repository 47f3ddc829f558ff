import { rowId } from '@wxcc/contracts/dimension-id'
import type { ReviewRow } from '@wxcc/db/journey/fact-tables'
import { AUTO_REVIEWER, QUESTIONS } from '@wxcc/db/journey/reviews'
import { lastActivityOf } from '../pages/task-assembler.ts'
import { scoresOf } from '../rules/survey.ts'
import type { DerivedTask, DeriveTerms } from './derive-task.ts'

/**
 * The scores of a task as reviews, for sources that want them. They concern the last agent who had the customer. The time is the vendor's last
 * change of the task, which a late score is. Comments stay in `pii`.
 */
export function reviewRows(task: DerivedTask, { source }: Pick<DeriveTerms, 'source'>): ReviewRow[] {
  const { conversation, engagements } = task
  const lastAgent = engagements.findLast((row) => row.engagement_type === 'Agent')
  return scoresOf(conversation).map(({ question, reviewType, score }) => ({
    review_id: rowId(source.key, `review/${question}`, conversation.source_task_id),
    data_source_id: source.dataSourceId,
    conversation_id: conversation.conversation_id,
    conversation_start_time: new Date(conversation.conversation_start_time_ms),
    engagement_id: lastAgent?.engagement_id ?? null,
    turn_id: null,
    reviewer_id: reviewType === 'Auto' ? AUTO_REVIEWER.id : null,
    question_id: QUESTIONS[question].id,
    review_time: new Date(lastActivityOf(task.copy.csr)),
    review_session: null,
    answer: String(score),
    comment: null,
    score: String(score),
    sampling: 'All',
    status: 'Completed',
    review_type: reviewType,
    used_form: null,
    verified: null,
  }))
}
