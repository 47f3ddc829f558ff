import type { Source } from '@wxcc/db/data-source'
import type { SeenContact } from '@wxcc/db/journey/contacts'
import type { ConversationDetail } from '@wxcc/db/journey/conversations'
import type { ConversationRow, EngagementRow } from '@wxcc/db/journey/fact-tables'
import type { LegTerm } from '@wxcc/db/journey/task-legs'
import { member, textMember } from '../pages/vendor-answer.ts'
import type { TaskCopy } from '../pages/task-assembler.ts'
import type { CsrRecord } from '../rules/records.ts'
import type { ConversationFacts, EngagementFacts } from '../rules/segment/facts.ts'
import { segmentTask, type SegmentedTask } from '../rules/segment-task.ts'
import type { SourceIds } from '../source-ids.ts'
import type { TaskRelations } from '@wxcc/db/journey/task-parents'
import { childTaskIdsOf, threadKeyOf } from '../rules/relations.ts'
import { surveyOf } from '../rules/survey.ts'
import type { Configured } from './configured.ts'
import { contactOf } from './contact-of.ts'
import type { OfferEvidence } from './offer-evidence.ts'
import { splitVariables } from './split-variables.ts'

export interface DeriveTerms {
  readonly source: Source
  readonly ids: SourceIds
  readonly evidence: OfferEvidence
  readonly configured: Configured
  /** What task legs promised, by the vendor's task id; none where the source has no legs. */
  readonly legs: ReadonlyMap<string, readonly LegTerm[]>
  readonly contactKey: Uint8Array
  readonly variablesAllowed: ReadonlySet<string>
}

/** A task, derived; its contact's customer is known only to the database. */
export interface DerivedTask {
  readonly copy: TaskCopy
  readonly conversation: ConversationFacts
  readonly engagements: readonly EngagementFacts[]
  readonly contact: SeenContact | null
  readonly detail: ConversationDetail
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly relations: TaskRelations
  readonly unknownEvents: readonly string[]
}

/** The vendor's record, not our reading of it, is at fault. */
export class MalformedRecord extends TypeError {
  override readonly name = 'MalformedRecord'
}

/**
 * Pure. `startMs` is the conversation's start as first stored: the partition key never moves, even if the vendor's `createdTime` does.
 * Throws `MalformedRecord` for a CSR that lacks what every one has.
 */
export function deriveTask(copy: TaskCopy, startMs: number, terms: DeriveTerms): DerivedTask {
  const { source } = terms
  assertUsable(copy)
  const segmented = segmentTask({
    csr: copy.csr,
    cars: copy.cars,
    carsComplete: copy.totalCount !== null && copy.heldCount >= copy.totalCount,
    source: {
      dataSourceKey: source.key,
      ronaTimeoutMs: source.ronaTimeoutMs,
      serviceLevelMs: source.serviceLevelMs,
      shortAbandonMs: source.shortAbandonMs,
    },
    ...terms.evidence,
    slaMsByQueue: terms.configured.slaMsByQueue,
    legs: terms.legs.get(copy.taskId) ?? [],
    isOriginAgent: terms.configured.isOriginAgent(copy.csr),
  })
  const variables = splitVariables(copy.csr['globalVariables'], terms.variablesAllowed)
  return {
    copy,
    ...startingAt(startMs, segmented),
    contact: contactOf(copy.csr, segmented.conversation, startMs, terms),
    detail: detailOf(copy.csr, variables.personal),
    variables: variables.allowed,
    relations: {
      taskId: copy.taskId,
      createdMs: startMs,
      childTaskIds: childTaskIdsOf(copy.taskId, copy.cars),
      threadKey: threadKeyOf(copy.csr),
    },
    unknownEvents: segmented.unknownEvents,
  }
}

function startingAt(startMs: number, { conversation, engagements }: SegmentedTask) {
  if (conversation.conversation_start_time_ms === startMs) return { conversation, engagements }
  return {
    conversation: { ...conversation, conversation_start_time_ms: startMs },
    engagements: engagements.map((row) => ({ ...row, conversation_start_time_ms: startMs })),
  }
}

/** Without a start there is no place for the conversation. */
function assertUsable({ csr }: TaskCopy): void {
  if (!Number.isFinite(csr.createdTime)) throw new MalformedRecord('a CSR without createdTime')
}

function detailOf(csr: CsrRecord, variables: ConversationDetail['variables']): ConversationDetail {
  return {
    customerName: textMember(csr.customer, 'name'),
    surveyComment: textMember(member(csr, 'feedback'), 'comment'),
    variables,
  }
}

/**
 * The stored row: the vendor's ids replaced by ours, epoch ms by times. The facts go along whole, since what is not a column is not written:
 * leaving them out one by one cost ten times as much (pnpm bench mapper).
 */
export function toConversationRow(task: DerivedTask, customerId: string | null, terms: DeriveTerms): ConversationRow {
  const { ids, source } = terms
  const facts = task.conversation
  return {
    ...facts,
    conversation_start_time: new Date(facts.conversation_start_time_ms),
    end_time: timeOf(facts.end_time_ms),
    data_source_id: source.dataSourceId,
    // Known last; see `landTasks`.
    parent_conversation_id: null,
    ...surveyOf(task.copy.csr),
    channel_vendor: 'Webex Contact Center',
    contact_id: task.contact?.contactId ?? null,
    customer_id: customerId,
    entry_point_id: mapped(facts.source_entry_point_id, ids.entryPoint),
    first_queue_id: mapped(facts.source_first_queue_id, ids.queue),
    last_queue_id: mapped(facts.source_last_queue_id, ids.queue),
    variables: task.variables === null ? null : JSON.parse(JSON.stringify(task.variables)),
  }
}

export function toEngagementRow(
  facts: EngagementFacts,
  task: DerivedTask,
  customerId: string | null,
  terms: DeriveTerms,
): EngagementRow {
  const { ids, source } = terms
  const agentType = facts.agent_type
  return {
    ...facts,
    conversation_start_time: new Date(facts.conversation_start_time_ms),
    start_time: new Date(facts.start_time_ms),
    end_time: timeOf(facts.end_time_ms),
    data_source_id: source.dataSourceId,
    agent_id: agentType === null ? null : mapped(facts.source_agent_id, (id) => ids.agent(agentType, id)),
    contact_id: task.contact?.contactId ?? null,
    customer_id: customerId,
    queue_id: mapped(facts.source_queue_id, ids.queue),
    engaged_team_id: mapped(facts.source_team_id, ids.team),
    site_id: mapped(facts.source_site_id, ids.site),
    entry_point_id: mapped(facts.source_entry_point_id, ids.entryPoint),
    outcome_id: mapped(facts.source_wrap_up_code_id, ids.outcome),
  }
}

function timeOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

function mapped(sourceId: string | null, idOf: (sourceId: string) => string): string | null {
  return sourceId === null ? null : idOf(sourceId)
}
