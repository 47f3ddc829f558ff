import type { InvitationEvidence, InvitationResult } from './facts.ts'
import type { OfferAsked } from './walk-state.ts'

/** A stretch in which an agent was "not responding" (AAR); `taskId` where the record names it. */
export interface NotResponding {
  readonly agentId: string
  readonly startTimeMs: number
  readonly taskId: string | null
}

export interface OfferEvidence {
  readonly taskId: string
  readonly notResponding: readonly NotResponding[]
  /** Whether an agent session we hold covers the moment: then the absence of a not-responding row says something. */
  readonly sessionCovers: (agentId: string, atMs: number) => boolean
  readonly ronaTimeoutMs: number
}

const NEAR_MS = 2_000
const TIMEOUT_SLACK_MS = 1_000
const RANG_OUT = /rona|invite timer|no[ _]?answer|timed? ?out/i
const TURNED_DOWN = /reject|declin|busy|unavailable/i
/** A customer who was busy, a queue that timed out: not the agent's doing. */
const NOT_THE_AGENT = /customer|caller|queue/i

/** Missed or rejected, by the best evidence there is (ruling 9); the name of the evidence is kept with the row (model §7-8). */
export function judgeOffer(
  offer: OfferAsked,
  evidence: OfferEvidence,
): { result: Exclude<InvitationResult, 'failed'>; evidence: InvitationEvidence } {
  const { agentId, end } = offer
  const terminationReason =
    offer.terminationReason !== null && NOT_THE_AGENT.test(offer.terminationReason) ? null : offer.terminationReason
  // A decline that the vendor itself records as not-responding is missed (ruling 10).
  if (agentId !== null && evidence.notResponding.some((row) => belongs(row, agentId, end, evidence.taskId))) {
    return { result: 'missed', evidence: 'not_responding' }
  }
  if (terminationReason !== null && RANG_OUT.test(terminationReason)) {
    return { result: 'missed', evidence: 'termination_reason' }
  }
  if (terminationReason !== null && TURNED_DOWN.test(terminationReason)) {
    return { result: 'rejected', evidence: 'termination_reason' }
  }
  if (agentId !== null && evidence.sessionCovers(agentId, end)) return { result: 'rejected', evidence: 'session' }
  const isLong = end - offer.start >= evidence.ronaTimeoutMs - TIMEOUT_SLACK_MS
  return { result: isLong ? 'missed' : 'rejected', evidence: 'timeout' }
}

function belongs(row: NotResponding, agentId: string, end: number, taskId: string): boolean {
  return (
    row.agentId === agentId &&
    Math.abs(row.startTimeMs - end) <= NEAR_MS &&
    (row.taskId === null || row.taskId === taskId)
  )
}
