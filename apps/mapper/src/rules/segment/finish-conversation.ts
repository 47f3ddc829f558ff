import { channelOf, channelTypeOf, companyAddressOf } from '../channel.ts'
import { conversationId } from '../ids.ts'
import { MAPPING_VERSION } from '../mapping-version.ts'
import { knownMs, knownText, type CsrRecord } from '../records.ts'
import type { DraftRow } from './draft-row.ts'
import { sumOf } from './durations.ts'
import type { ConversationFacts, Direction, QualityFlag } from './facts.ts'
import type { Step } from './order-steps.ts'
import { isShortAbandon, type ServiceLevelTerms } from './service-level.ts'
import type { Walk } from './walk-state.ts'

/** Flags that make a task Corrupted (ruling 25); the others only say something about it. */
const CORRUPTING: readonly QualityFlag[] = [
  'missing_ended',
  'negative_interval',
  'car_count_mismatch',
  'agent_without_connected',
]

export interface ConversationTerms extends ServiceLevelTerms {
  readonly dataSourceKey: string
  readonly isActive: boolean
  readonly direction: Direction
  readonly carCount: number
  readonly carsComplete: boolean
  readonly orphanWrapUps: readonly Step[]
  readonly flags: ReadonlySet<QualityFlag>
}

export function finishConversation(
  csr: CsrRecord,
  walk: Walk,
  rows: readonly DraftRow[],
  terms: ConversationTerms,
): ConversationFacts {
  const { isActive } = terms
  const queues = rows.filter((row) => row.type === 'Queue').sort((a, b) => a.start - b.start)
  const isHandled = rows.some((row) => row.type === 'Agent')
  const isOffered = isHandled || walk.wasOffered
  const isCorrupted = !isActive && CORRUPTING.some((flag) => terms.flags.has(flag))
  return {
    conversation_id: conversationId(terms.dataSourceKey, csr.id),
    conversation_start_time_ms: csr.createdTime,
    source_task_id: csr.id,
    channel_type: channelTypeOf(csr.channelType, csr.channelSubType),
    channel: channelOf(csr),
    direction: terms.direction,
    company_contact: companyAddressOf(csr, terms.direction),
    campaign: knownText(csr.campaignName) ?? knownText(csr.campaignId),
    source_entry_point_id: knownText(csr.lastEntryPoint?.id),
    source_first_queue_id: knownText(csr.firstQueueId) ?? queues[0]?.queueId ?? null,
    source_last_queue_id: knownText(csr.lastQueue?.id) ?? queues.at(-1)?.queueId ?? null,
    end_time_ms: isActive ? null : endOf(csr, walk),
    status: isCorrupted ? 'Corrupted' : isActive ? 'In Progress' : 'Completed',
    is_offered: settled(isOffered, isActive),
    is_handled: settled(isHandled, isActive),
    is_abandoned: isActive ? null : isAbandoned(csr, walk, queues),
    is_short: isActive ? null : isShort(csr, queues, terms),
    abandoned_stage: walk.abandonedStage,
    terminated_by: terminatedBy(csr.terminatingEnd),
    termination_reason: knownText(csr.terminationReason),
    is_callback: csr.isCallback === true || walk.isCallback,
    source_total_ms: knownMs(csr.totalDuration),
    source_self_service_ms: knownMs(csr.selfserviceDuration),
    source_queue_ms: knownMs(csr.queueDuration),
    source_ringing_ms: knownMs(csr.ringingDuration),
    source_connected_ms: knownMs(csr.connectedDuration),
    source_hold_ms: knownMs(csr.holdDuration),
    source_consult_ms: knownMs(csr.consultDuration),
    source_conference_ms: knownMs(csr.conferenceDuration),
    source_wrap_up_ms: knownMs(csr.wrapupDuration),
    source_within_service_level: csr.isWithInServiceLevel ?? null,
    wrap_up_time_ms: orphanTime(terms.orphanWrapUps),
    // The vendor writes 0 for "no survey".
    csat_score: knownMs(csr.csatScore) || null,
    auto_csat: asNumber(csr.autoCsat),
    contact_driver: analysed(csr.contactDriver),
    topic: analysed(csr.topicName),
    car_count: terms.carCount,
    is_car_complete: terms.carsComplete,
    quality_flags: [...terms.flags].sort(),
    mapping_version: MAPPING_VERSION,
  }
}

/** What has happened stays true; what has not may still happen while the task is open. */
function settled(hasHappened: boolean, isActive: boolean): boolean | null {
  return hasHappened || !isActive ? hasHappened : null
}

function endOf(csr: CsrRecord, walk: Walk): number | null {
  const end = knownMs(csr.endedTime) ?? walk.endedAt
  return end === null || end < csr.createdTime ? null : end
}

/** An agent may have handled it and a second queue lost it: both are true (ruling 24). Menu exits: ruling 7. */
function isAbandoned(csr: CsrRecord, walk: Walk, queues: readonly DraftRow[]): boolean {
  if (queues.some((row) => row.queueOutcome === 'abandoned')) return true
  if (walk.abandonedStage === 'ringing') return true
  const hasGivenUp = (knownText(csr.terminationType) ?? '').toLowerCase() === 'abandoned'
  // A called person who hangs up before an agent came has no stage of ours: the vendor's word counts (model §3.3).
  const isCalled = walk.context.isOutdial && !walk.rows.some((row) => row.type === 'Agent')
  return hasGivenUp && (walk.abandonedStage === 'menu' || isCalled)
}

function isShort(csr: CsrRecord, queues: readonly DraftRow[], terms: ServiceLevelTerms): boolean {
  const handleType = knownText(csr.contactHandleType)
  return handleType === null ? queues.some((row) => isShortAbandon(row, terms)) : handleType.toLowerCase() === 'short'
}

/** Spellings seen: `Agent`, `Customer`, `caller`, `System` (webex-cc-api §3.10.7). */
function terminatedBy(end: string | null | undefined): 'Customer' | 'Agent' | 'System' | null {
  switch ((end ?? '').toLowerCase()) {
    case 'agent':
      return 'Agent'
    case 'customer':
    case 'caller':
      return 'Customer'
    case 'system':
      return 'System'
    default:
      return null
  }
}

function orphanTime(steps: readonly Step[]): number | null {
  return steps.some((step) => step.duration !== null) ? sumOf(steps, 'wrapup') : null
}

/** Not a number until computed; published as text. */
function asNumber(value: string | number | null | undefined): number | null {
  if (value == null || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** The vendor writes `N/A` until its analysis has run. */
function analysed(value: unknown): string | null {
  const text = knownText(value)
  return text === 'N/A' ? null : text
}
