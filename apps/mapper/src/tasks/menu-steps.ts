import type { ConversationRow, EngagementRow, TurnRow } from '@wxcc/db/journey/fact-tables'
import { turnId } from '../rules/ids.ts'
import { menuStepTurns } from '../rules/turns/menu-step-turns.ts'
import type { DerivedTask, DeriveTerms } from './derive-task.ts'

/** Pure: the steps of the flow as rows of `journey.turn`. */
export function menuStepRows(
  task: DerivedTask,
  rows: { readonly conversation: ConversationRow; readonly engagements: readonly EngagementRow[] },
  { source }: DeriveTerms,
): TurnRow[] {
  const { conversation, engagements } = rows
  return menuStepTurns(task.copy.csr, task.copy.cars, task.engagements).map(({ turn_time_ms: atMs, ...step }) => ({
    ...step,
    turn_id: turnId(source.key, step.source_record_id),
    conversation_id: conversation.conversation_id,
    conversation_start_time: conversation.conversation_start_time,
    data_source_id: source.dataSourceId,
    origin: null,
    agent_id: engagements.find((row) => row.engagement_id === step.engagement_id)?.agent_id ?? null,
    turn_time: new Date(atMs),
    duration_ms: null,
    length_chars: null,
    language: null,
    confidence: null,
  }))
}
