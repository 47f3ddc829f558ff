import type { AgentType } from '../ids.ts'

export type EngagementType = 'Agent' | 'Menu' | 'Queue' | 'Invitation' | 'Bot' | 'Consult' | 'External'
export type RowStatus = 'In Progress' | 'Completed' | 'Corrupted'
export type ServiceLevel = 'Met' | 'Missed' | 'Ignore'
export type MenuPhase = 'entry' | 'in_queue' | 'after_transfer' | 'post_call'
export type InvitationResult = 'missed' | 'rejected' | 'failed'
export type InvitationEvidence = 'offer_error' | 'not_responding' | 'termination_reason' | 'session' | 'timeout'
export type QueueOutcome = 'answered' | 'abandoned' | 'moved' | 'callback'
export type TransferIn = 'blind' | 'consult' | 'queue' | 'entry_point' | 'conference'
export type TransferOut = 'blind_agent' | 'blind_number' | 'consult_agent' | 'consult_number' | 'queue' | 'entry_point'
export type ChannelType = 'Voice' | 'Chat' | 'Email' | 'SMS' | 'Video' | 'Task'
export type Direction = 'Inbound' | 'Outbound' | 'Internal'
export type AbandonedStage = 'menu' | 'queue' | 'ringing'
export type QualityFlag =
  | 'missing_ended'
  | 'negative_interval'
  | 'car_count_mismatch'
  | 'agent_without_connected'
  | 'unknown_event'
  | 'outdial_unanswered'
  | 'orphan_wrap_up'

/**
 * A row of journey.conversation, except what needs a lookup or a key: contact_id and customer_id (see contact.ts),
 * variables (personal data), data_source_id. Times are epoch ms; `source_*_id` stand where the table has our uuid.
 */
export interface ConversationFacts {
  conversation_id: string
  conversation_start_time_ms: number
  source_task_id: string
  channel_type: ChannelType
  channel: string | null
  direction: Direction
  company_contact: string | null
  campaign: string | null
  source_entry_point_id: string | null
  source_first_queue_id: string | null
  source_last_queue_id: string | null
  /** Null while the contact is open. Wrap-up may run on (ruling 23). */
  end_time_ms: number | null
  status: RowStatus
  is_offered: boolean | null
  is_handled: boolean | null
  is_abandoned: boolean | null
  is_short: boolean | null
  abandoned_stage: AbandonedStage | null
  terminated_by: 'Customer' | 'Agent' | 'System' | null
  termination_reason: string | null
  is_callback: boolean
  source_total_ms: number | null
  source_self_service_ms: number | null
  source_queue_ms: number | null
  source_ringing_ms: number | null
  source_connected_ms: number | null
  source_hold_ms: number | null
  source_consult_ms: number | null
  source_conference_ms: number | null
  source_wrap_up_ms: number | null
  source_within_service_level: boolean | null
  /** Wrap-up that no row stands under (ruling 18); null where there is none. */
  wrap_up_time_ms: number | null
  csat_score: number | null
  auto_csat: number | null
  contact_driver: string | null
  topic: string | null
  car_count: number
  is_car_complete: boolean
  quality_flags: QualityFlag[]
  mapping_version: number
}

/** A row of journey.engagement; the same conventions. All `_ms` facts are null while the row is open (ruling 23). */
export interface EngagementFacts {
  engagement_id: string
  conversation_id: string
  conversation_start_time_ms: number
  engagement_type: EngagementType
  /** `conference` on the row of an agent who joined one. */
  engagement_subtype: string | null
  sequence_no: number
  parent_engagement_id: string | null
  anchor_record_id: string
  source_record_ids: string[]
  agent_type: AgentType | null
  source_agent_id: string | null
  source_queue_id: string | null
  source_team_id: string | null
  source_site_id: string | null
  source_entry_point_id: string | null
  source_wrap_up_code_id: string | null
  channel_type: ChannelType
  direction: Direction
  menu_path: string | null
  menu_phase: MenuPhase | null
  status: RowStatus
  service_level: ServiceLevel | null
  invitation_result: InvitationResult | null
  /** What the result rests on (model §7-8). */
  invitation_evidence: InvitationEvidence | null
  queue_outcome: QueueOutcome | null
  is_abandoned: boolean
  is_short_abandon: boolean
  is_answered: boolean | null
  transfer_in_type: TransferIn | null
  transfer_out_type: TransferOut | null
  start_time_ms: number
  end_time_ms: number | null
  queue_time_ms: number | null
  parked_time_ms: number | null
  invitation_time_ms: number | null
  preparation_time_ms: number | null
  engagement_time_ms: number | null
  hold_time_ms: number | null
  consult_time_ms: number | null
  conference_time_ms: number | null
  wrap_up_time_ms: number | null
  menu_time_ms: number | null
  hold_count: number | null
  offer_count: number | null
  is_synthetic: boolean
  quality_flags: QualityFlag[]
  mapping_version: number
}
