import { directionOf, isOutdial } from './channel.ts'
import { knownMs, knownText, type CarRecord, type CsrRecord } from './records.ts'
import { splitChildContacts, type ChildContact, type SplitSteps } from './segment/child-contacts.ts'
import { findConsults } from './segment/consults.ts'
import type { DraftRow } from './segment/draft-row.ts'
import type { ConversationFacts, EngagementFacts, QualityFlag } from './segment/facts.ts'
import { finishConversation } from './segment/finish-conversation.ts'
import { finishEngagements } from './segment/finish-engagements.ts'
import { judgeOffer, type NotResponding } from './segment/judge-offer.ts'
import { orderSteps, type Step } from './segment/order-steps.ts'
import type { LegPromise } from './segment/service-level.ts'
import type { Walk, WalkContext } from './segment/walk-state.ts'
import { walkCustomerTrack } from './segment/walk.ts'
import { attachWrapUps } from './segment/wrap-ups.ts'

/** The settings of `etl.data_source` that decide rows. */
export interface SegmentSource {
  readonly dataSourceKey: string
  readonly ronaTimeoutMs: number
  readonly serviceLevelMs: number
  readonly shortAbandonMs: number
}

export interface SegmentInput {
  readonly csr: CsrRecord
  /** All CARs held of the task, in any order; doubles are allowed. */
  readonly cars: readonly CarRecord[]
  /** Whether as many are held as the vendor counts (`activities.totalCount`). */
  readonly carsComplete: boolean
  readonly source: SegmentSource
  readonly notResponding: readonly NotResponding[]
  readonly sessionCovers: (agentId: string, atMs: number) => boolean
  /** Service level thresholds by the vendor's queue id, where configured. */
  readonly slaMsByQueue?: ReadonlyMap<string, number>
  /** What the task's legs (CLR) promised; it goes before the configuration. */
  readonly legs?: readonly LegPromise[]
  /** Whether the task's origin is one of our agents: an internal call (ruling 35). */
  readonly isOriginAgent?: boolean
}

export interface SegmentedTask {
  readonly conversation: ConversationFacts
  readonly engagements: EngagementFacts[]
  /** Names not in the event table, as the vendor spells them; to be counted and looked at. */
  readonly unknownEvents: string[]
}

/**
 * Turns a task, whole, into its conversation and engagements (model §2.3, mapping rulings). Pure: the same records in any order
 * give the same rows. Never throws on odd data; it flags it.
 */
export function segmentTask(input: SegmentInput): SegmentedTask {
  const { csr, source } = input
  const isActive = isTaskActive(csr, input.cars)
  const steps = orderSteps(input.cars, isActive)
  const { root, children } = splitChildContacts(csr.id, steps)
  const outdial = isOutdial(
    csr,
    root.map((step) => step.car.eventName),
  )

  const walk = walkCustomerTrack(root, contextOf(input, { root, children }, isActive, outdial))
  grantLateEvidence(walk, root)
  const kept = walk.rows.filter(isRealSegment)
  const agents = kept.filter((row) => row.type === 'Agent')
  const rows = [...kept, ...findConsults(root, children, agents)]
  const orphans = attachWrapUps(rows, walk.wrapUps)

  const flags = flagsOf(input, walk, steps, {
    isActive,
    outdial,
    hasOrphans: orphans.length > 0,
    hasAgent: agents.length > 0,
  })
  const terms = {
    dataSourceKey: source.dataSourceKey,
    serviceLevelMs: source.serviceLevelMs,
    shortAbandonMs: source.shortAbandonMs,
    slaMsByQueue: input.slaMsByQueue ?? new Map<string, number>(),
    legs: input.legs ?? [],
    isActive,
  }
  const conversation = finishConversation(csr, walk, rows, {
    ...terms,
    direction: directionOf(outdial, input.isOriginAgent === true),
    carCount: steps.length,
    carsComplete: input.carsComplete,
    orphanWrapUps: orphans,
    flags,
  })
  return {
    conversation,
    engagements: finishEngagements(rows, csr, conversation, terms),
    unknownEvents: [...new Set(steps.filter((step) => step.event === null).map((step) => step.car.eventName))].sort(),
  }
}

/** The CSR's word, else whether anything says that it is over. */
function isTaskActive(csr: CsrRecord, cars: readonly CarRecord[]): boolean {
  if (typeof csr.isActive === 'boolean') return csr.isActive
  if (knownMs(csr.endedTime) !== null) return false
  return !cars.some((car) => /^(ended|callbackfailed)$/i.test(car.eventName))
}

function contextOf(
  input: SegmentInput,
  { root, children }: SplitSteps,
  isActive: boolean,
  outdial: boolean,
): WalkContext {
  const { csr } = input
  const ended = root.filter((step) => step.event === 'ended')
  return {
    taskStart: csr.createdTime,
    isOutdial: outdial,
    isPreview: /preview/i.test(knownText(csr.outdialType) ?? ''),
    botName: knownText(csr.botName),
    isCustomerEnd: isCustomerEnd(csr),
    isActive,
    lastEnded: isActive ? null : (ended.at(-1) ?? null),
    lastConnected: root.findLast((step) => step.event === 'connected') ?? null,
    childAgent: (fromMs, toMs) => childAgentOf(children, fromMs, toMs),
    judgeOffer: (offer) =>
      judgeOffer(offer, {
        taskId: csr.id,
        notResponding: input.notResponding,
        sessionCovers: input.sessionCovers,
        ronaTimeoutMs: input.source.ronaTimeoutMs,
      }),
  }
}

/** The CSR's word; where it has none, a reason that names the customer's leaving. */
function isCustomerEnd(csr: CsrRecord): boolean {
  const end = knownText(csr.terminatingEnd)
  if (end !== null) return /^(customer|caller)$/i.test(end)
  return /^customer[ _]left$/i.test(knownText(csr.terminationReason) ?? '')
}

function childAgentOf(children: readonly ChildContact[], fromMs: number, toMs: number): string | null {
  const joined = children
    .flatMap((child) => child.steps)
    .filter((step) => step.event === 'connected' && step.start >= fromMs && step.start <= toMs)
  return knownText(joined.at(-1)?.car.agentId)
}

const FLOW_EVENTS = new Set(['flow-activity', 'ivr-connected', 'ivr-done', 'treatment', 'treatment-completed'])

/** Ruling 5 looks for the flow before the first queue entry or offer. Where there is none, a late breadcrumb is evidence too (G11). */
function grantLateEvidence(walk: Walk, root: readonly Step[]): void {
  const hasRouting = root.some((step) => step.event === 'parked' || step.event === 'connect')
  if (hasRouting || !root.some((step) => FLOW_EVENTS.has(step.event ?? ''))) return
  for (const row of walk.rows) if (row.menuPhase === 'entry') row.hasFlowEvidence = true
}

/** A Menu needs a flow and a length (ruling 5). */
function isRealSegment(row: DraftRow): boolean {
  return row.menuPhase === null || (row.hasFlowEvidence && (row.end === null || row.end !== row.start))
}

function flagsOf(
  input: SegmentInput,
  walk: Walk,
  steps: readonly Step[],
  seen: { isActive: boolean; outdial: boolean; hasOrphans: boolean; hasAgent: boolean },
): Set<QualityFlag> {
  const flags = new Set(walk.flags)
  if (!seen.isActive && walk.endedAt === null) flags.add('missing_ended')
  if (!seen.isActive && !input.carsComplete) flags.add('car_count_mismatch')
  const endedMs = knownMs(input.csr.endedTime)
  const isBackward = endedMs !== null && endedMs < input.csr.createdTime
  if (isBackward || steps.some((step) => step.end !== null && step.end < step.start)) flags.add('negative_interval')
  if (steps.some((step) => step.event === null)) flags.add('unknown_event')
  if (seen.hasOrphans) flags.add('orphan_wrap_up')
  if (seen.outdial && !seen.isActive && !seen.hasAgent) flags.add('outdial_unanswered')
  return flags
}
