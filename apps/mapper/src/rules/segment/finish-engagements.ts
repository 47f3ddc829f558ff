import { engagementId } from '../ids.ts'
import { MAPPING_VERSION } from '../mapping-version.ts'
import { knownText, type CsrRecord } from '../records.ts'
import type { DraftRow } from './draft-row.ts'
import { durationsOf, endOf, isWrappingUp } from './durations.ts'
import type { ConversationFacts, EngagementFacts, EngagementType, RowStatus } from './facts.ts'
import { isShortAbandon, serviceLevelOf, type ServiceLevelTerms } from './service-level.ts'

/** Rows that start together are told in the order in which they happen. */
const TYPE_ORDER: readonly EngagementType[] = ['Menu', 'Bot', 'Queue', 'Invitation', 'Agent', 'Consult', 'External']

export interface FinishTerms extends ServiceLevelTerms {
  readonly dataSourceKey: string
  readonly isActive: boolean
}

export function finishEngagements(
  rows: readonly DraftRow[],
  csr: CsrRecord,
  conversation: ConversationFacts,
  terms: FinishTerms,
): EngagementFacts[] {
  const lastWrapped = lastWrappedRow(rows)
  return rows
    .toSorted(compareRows)
    .map((row, index) => finishRow(row, index + 1, csr, conversation, terms, row === lastWrapped))
}

function compareRows(a: DraftRow, b: DraftRow): number {
  return (
    a.start - b.start ||
    TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type) ||
    (a.anchor.car.id < b.anchor.car.id ? -1 : 1)
  )
}

function finishRow(
  row: DraftRow,
  sequenceNo: number,
  csr: CsrRecord,
  conversation: ConversationFacts,
  terms: FinishTerms,
  hasLastWrapUp: boolean,
): EngagementFacts {
  const isQueue = row.type === 'Queue'
  const durations = durationsOf(row)
  return {
    engagement_id: idOf(row, terms.dataSourceKey),
    conversation_id: conversation.conversation_id,
    conversation_start_time_ms: conversation.conversation_start_time_ms,
    engagement_type: row.type,
    engagement_subtype: row.subtype,
    sequence_no: sequenceNo,
    parent_engagement_id: row.parent === null ? null : idOf(row.parent, terms.dataSourceKey),
    anchor_record_id: row.anchor.car.id,
    source_record_ids: [...new Set(row.steps.map((step) => step.car.id))].sort(),
    ...placeOf(row, csr),
    source_wrap_up_code_id: hasLastWrapUp ? knownText(csr.lastWrapUpCodeId) : null,
    channel_type: conversation.channel_type,
    direction: conversation.direction,
    menu_path: menuPathOf(row),
    menu_phase: row.menuPhase,
    status: statusOf(row, conversation, terms.isActive),
    service_level: serviceLevelOf(row, terms),
    invitation_result: row.invitationResult,
    invitation_evidence: row.invitationEvidence,
    queue_outcome: row.queueOutcome,
    is_abandoned: isAbandoned(row, conversation),
    is_short_abandon: isQueue && isShortAbandon(row, terms),
    is_answered: !isQueue || row.end === null ? null : row.queueOutcome === 'answered',
    transfer_in_type: row.transferIn,
    transfer_out_type: row.transferOut,
    start_time_ms: row.start,
    end_time_ms: endOf(row),
    ...durations,
    // A queue that the task passed without ever being parked in it (model §2.3-5).
    is_synthetic: isQueue && !row.steps.some((step) => step.event === 'parked'),
    quality_flags: [...new Set([...conversation.quality_flags, ...row.flags])].sort(),
    mapping_version: MAPPING_VERSION,
  }
}

function idOf(row: DraftRow, dataSourceKey: string): string {
  return engagementId(dataSourceKey, row.type, row.anchor.car.id)
}

/** Status is per segment (ruling 23), but one corrupted task corrupts all its rows (ruling 25). */
function statusOf(row: DraftRow, conversation: ConversationFacts, isActive: boolean): RowStatus {
  if (conversation.status === 'Corrupted') return 'Corrupted'
  return (row.end === null && isActive) || isWrappingUp(row) ? 'In Progress' : 'Completed'
}

function isAbandoned(row: DraftRow, conversation: ConversationFacts): boolean {
  if (row.type === 'Queue') return row.queueOutcome === 'abandoned'
  const isLastMenu = (row.type === 'Menu' || row.type === 'Bot') && conversation.abandoned_stage === 'menu'
  return isLastMenu && conversation.is_abandoned === true && row.end === conversation.end_time_ms
}

function placeOf(row: DraftRow, csr: CsrRecord) {
  const { car } = row.anchor
  const isPerson = row.agent?.type === 'User'
  const isTarget = row.agent !== null && car.destinationAgentId === row.agent.id && car.agentId !== row.agent.id
  const menuScript = row.steps.map((step) => knownText(step.car.ivrScriptId)).find((id) => id !== null)
  const agent = row.agent ?? (row.type === 'Menu' ? asMenu(menuScript ?? knownText(csr.ivrScriptId)) : null)
  return {
    agent_type: agent?.type ?? null,
    source_agent_id: agent?.id ?? null,
    source_queue_id: row.queueId,
    source_team_id: isPerson ? knownText(isTarget ? car.destinationAgentTeamId : car.teamId) : null,
    source_site_id: isPerson && !isTarget ? knownText(car.siteId) : null,
    source_entry_point_id: entryPointOf(row) ?? knownText(csr.lastEntryPoint?.id),
  }
}

function asMenu(scriptId: string | null): { type: 'Menu'; id: string } | null {
  return scriptId === null ? null : { type: 'Menu', id: scriptId }
}

function entryPointOf(row: DraftRow): string | null {
  return row.steps.map((step) => knownText(step.car.entrypointId)).find((id) => id !== null) ?? null
}

function menuPathOf(row: DraftRow): string | null {
  if (row.type !== 'Menu' && row.type !== 'Bot') return null
  const names = row.steps
    .filter((step) => step.event === 'flow-activity')
    .map((step) => knownText(step.car.activityName))
    .filter((name) => name !== null)
  return names.length === 0 ? null : names.join(' > ')
}

/** The CSR knows one wrap-up code, the last one's. */
function lastWrappedRow(rows: readonly DraftRow[]): DraftRow | null {
  const wrapped = rows.filter((row) => row.wrapUps.length > 0)
  return wrapped.sort((a, b) => lastWrapUpStart(b) - lastWrapUpStart(a))[0] ?? null
}

function lastWrapUpStart(row: DraftRow): number {
  return Math.max(...row.wrapUps.map((step) => step.end ?? Number.MAX_SAFE_INTEGER))
}
