import { customerIdOf, rowId, agentStatusId, type DimensionKind } from '@wxcc/contracts/dimension-id'
import { activityId, agentKind, conversationId, turnId } from '@wxcc/contracts/journey-id'
import { type Contact, contactId, type CountryCode, normalizeContact } from '@wxcc/contacts/contact'
import type { ImportedSource } from '@wxcc/db/imported-source'
import type { SeenContact } from '@wxcc/db/journey/contacts'
import type { ActivityRow, ConversationRow, EngagementRow, TurnRow } from '@wxcc/db/journey/fact-tables'
import type { TurnContent } from '@wxcc/db/journey/turns'
import type { LineOf } from './line.ts'
import { memberId, optionalId } from './member-rows.ts'

/** What rows of a conversation take from it. */
export interface KnownConversation {
  readonly conversationId: string
  readonly startTime: Date
  readonly contactId: string | null
  readonly customerId: string | null
  readonly channelType: string
  readonly direction: string
}

/** One engagement id per source, whatever its type: the file says so. */
export function importedEngagementId(sourceKey: string, id: string): string {
  return rowId(sourceKey, 'engagement', id)
}

/** The contact of a conversation, by the same rules and the same key as everywhere, so that one caller is one contact in every source. */
export function contactOf(
  line: LineOf<'conversation'>,
  terms: { readonly source: ImportedSource; readonly contactKey: Uint8Array },
): SeenContact | null {
  if (line.contact == null) return null
  const { defaultCountry } = terms.source
  const contact: Contact | null = normalizeContact(line.contact.value, {
    isSocial: line.contact.is_social === true,
    ...(defaultCountry === null ? {} : { defaultCountry: defaultCountry as CountryCode }),
  })
  if (contact === null) return null
  const id = contactId(terms.contactKey, contact)
  return {
    contactId: id,
    customerId: customerIdOf(id),
    customerType: line.direction === 'Internal' ? 'Agent' : 'Person',
    contactKind: contact.contact_kind,
    countryCallingCode: contact.country_calling_code,
    emailDomain: contact.email_domain,
    seenAt: line.start_time,
    normalizedValue: contact.normalized_value,
    rawValue: line.contact.value,
    displayName: contact.contact_kind === 'anonymous' ? null : (line.contact.name ?? null),
  }
}

export function conversationRow(
  line: LineOf<'conversation'>,
  source: ImportedSource,
  contact: { readonly contactId: string; readonly customerId: string } | null,
): ConversationRow {
  const ref = (kind: DimensionKind, id: string | null | undefined) => optionalId(source.key, kind, id)
  return {
    conversation_id: conversationId(source.key, line.id),
    conversation_start_time: line.start_time,
    data_source_id: source.dataSourceId,
    source_task_id: line.id,
    parent_conversation_id: null,
    contact_id: contact?.contactId ?? null,
    customer_id: contact?.customerId ?? null,
    channel_type: line.channel_type,
    channel: line.channel ?? null,
    channel_vendor: source.vendor,
    direction: line.direction,
    company_contact: line.company_contact ?? null,
    campaign: line.campaign ?? null,
    entry_point_id: ref('entry_point', line.entry_point_id),
    first_queue_id: ref('queue', line.first_queue_id),
    last_queue_id: ref('queue', line.last_queue_id),
    end_time: line.end_time ?? null,
    status: line.status,
    is_offered: line.is_offered ?? null,
    is_handled: line.is_handled ?? null,
    is_abandoned: line.is_abandoned ?? null,
    is_short: line.is_short ?? null,
    abandoned_stage: line.abandoned_stage ?? null,
    terminated_by: line.terminated_by ?? null,
    termination_reason: line.termination_reason ?? null,
    is_callback: line.is_callback,
    source_total_ms: null,
    source_self_service_ms: null,
    source_queue_ms: null,
    source_ringing_ms: null,
    source_connected_ms: null,
    source_hold_ms: null,
    source_consult_ms: null,
    source_conference_ms: null,
    source_wrap_up_ms: null,
    source_within_service_level: null,
    csat_score: line.csat_score ?? null,
    auto_csat: line.auto_csat ?? null,
    contact_driver: line.contact_driver ?? null,
    topic: line.topic ?? null,
    survey_opt_in: null,
    survey_type: null,
    survey_questions_presented: null,
    survey_questions_answered: null,
    survey_completed: null,
    variables: null,
    quality_flags: [],
    wrap_up_time_ms: null,
    car_count: 0,
    is_car_complete: true,
    mapping_version: 0,
  }
}

export function engagementRow(
  line: LineOf<'engagement'>,
  source: ImportedSource,
  conversation: KnownConversation,
): EngagementRow {
  const ref = (kind: DimensionKind, id: string | null | undefined) => optionalId(source.key, kind, id)
  return {
    engagement_id: importedEngagementId(source.key, line.id),
    conversation_id: conversation.conversationId,
    conversation_start_time: conversation.startTime,
    data_source_id: source.dataSourceId,
    engagement_type: line.engagement_type,
    engagement_subtype: line.engagement_subtype ?? null,
    sequence_no: line.sequence_no,
    parent_engagement_id: null,
    anchor_record_id: line.id,
    source_record_ids: [line.id],
    agent_id: ref(agentKind(line.agent_type), line.agent_id),
    contact_id: conversation.contactId,
    customer_id: conversation.customerId,
    queue_id: ref('queue', line.queue_id),
    engaged_team_id: ref('team', line.team_id),
    site_id: ref('site', line.site_id),
    entry_point_id: ref('entry_point', line.entry_point_id),
    outcome_id: ref('outcome', line.outcome_id),
    channel_type: conversation.channelType,
    direction: conversation.direction,
    menu_path: line.menu_path ?? null,
    menu_phase: line.menu_phase ?? null,
    status: line.status,
    service_level: line.service_level ?? null,
    invitation_result: line.invitation_result ?? null,
    invitation_evidence: null,
    is_abandoned: line.is_abandoned,
    is_short_abandon: line.is_short_abandon,
    is_answered: line.is_answered ?? null,
    queue_outcome: line.queue_outcome ?? null,
    transfer_in_type: line.transfer_in_type ?? null,
    transfer_out_type: line.transfer_out_type ?? null,
    start_time: line.start_time,
    end_time: line.end_time ?? null,
    queue_time_ms: line.queue_time_ms ?? null,
    parked_time_ms: line.parked_time_ms ?? null,
    invitation_time_ms: line.invitation_time_ms ?? null,
    preparation_time_ms: line.preparation_time_ms ?? null,
    engagement_time_ms: line.engagement_time_ms ?? null,
    hold_time_ms: line.hold_time_ms ?? null,
    consult_time_ms: line.consult_time_ms ?? null,
    conference_time_ms: line.conference_time_ms ?? null,
    wrap_up_time_ms: line.wrap_up_time_ms ?? null,
    menu_time_ms: line.menu_time_ms ?? null,
    hold_count: line.hold_count ?? null,
    offer_count: line.offer_count ?? null,
    is_synthetic: false,
    quality_flags: [],
    mapping_version: 0,
  }
}

export function turnRow(line: LineOf<'turn'>, source: ImportedSource, conversation: KnownConversation): TurnRow {
  return {
    turn_id: turnId(source.key, line.id),
    engagement_id: line.engagement_id == null ? null : importedEngagementId(source.key, line.engagement_id),
    conversation_id: conversation.conversationId,
    conversation_start_time: conversation.startTime,
    data_source_id: source.dataSourceId,
    source_record_id: line.id,
    turn_type: line.turn_type,
    origin: null,
    category: null,
    participant: line.participant,
    agent_id: optionalId(source.key, 'agent', line.agent_id),
    sequence_no: line.sequence_no,
    turn_time: line.turn_time,
    duration_ms: line.duration_ms ?? null,
    length_chars: line.text == null ? null : line.text.length,
    language: line.language ?? null,
    confidence: null,
    is_time_estimated: false,
  }
}

/** What was said goes to `pii` only. */
export function turnContent(line: LineOf<'turn'>, row: TurnRow): TurnContent | null {
  if (line.text == null && line.subject == null) return null
  return {
    turnId: row.turn_id,
    conversationStartTime: new Date(row.conversation_start_time),
    bodyText: line.text ?? null,
    subject: line.subject ?? null,
    headers: null,
    source: null,
  }
}

export function activityRow(line: LineOf<'activity'>, source: ImportedSource, availability: string): ActivityRow {
  const agent = memberId(source.key, 'agent', line.agent_id)
  const status = agentStatusId(source.key, line.status_id, '')
  return {
    activity_id: activityId(source.key, agent, status, line.interval_time.getTime()),
    data_source_id: source.dataSourceId,
    agent_id: agent,
    agent_status_id: status,
    interval_time: line.interval_time,
    availability,
    activity_type: 'Agent Activity',
    activity_time_ms: line.activity_time_ms,
    available_capacity_ms: line.available_capacity_ms,
    consumed_capacity_ms: line.consumed_capacity_ms,
    scheduled_time_ms: null,
  }
}
