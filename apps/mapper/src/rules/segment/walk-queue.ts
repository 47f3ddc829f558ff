import { knownText } from '../records.ts'
import { openRow, user } from './draft-row.ts'
import type { QueueOutcome } from './facts.ts'
import type { Step } from './order-steps.ts'
import { closeMenu } from './walk-menu.ts'
import { addRow, agentIdOf, isDialling, type Leave, type Walk } from './walk-state.ts'

/** `parked`: in a queue (model §2.3-5). */
export function park(walk: Walk, step: Step): void {
  if (isForConsult(walk)) return
  settleOffer(walk, step.start)
  closeMenu(walk, step.start)
  if (walk.awaitsCallback || isDialling(walk)) return
  enterQueue(walk, step)
}

/** `connect`: rings an agent. A named agent without a queue makes no Queue row. */
export function offer(walk: Walk, step: Step): void {
  if (isForConsult(walk)) return
  settleOffer(walk, step.start)
  closeMenu(walk, step.start)
  walk.wasOffered ||= !isDialling(walk)
  if (isForTarget(walk, step)) {
    walk.leave!.targetAgentId ??= agentIdOf(step)
    walk.leave!.isOffered = true
  } else {
    const isRouted = walk.queue !== null || knownText(step.car.queueId) !== null || walk.leave?.via === 'queue'
    if (isRouted && !walk.awaitsCallback && !isDialling(walk)) enterQueue(walk, step)
  }
  walk.offer = step
}

/** Who is asked by the holder rings beside the customer's track (ruling 16). */
function isForConsult(walk: Walk): boolean {
  return walk.isConsulting && walk.holder !== null
}

/** A blind transfer that rings at its agent, whatever queue the row names, is no queue entry (model §2.3-5). */
function isForTarget({ leave }: Walk, step: Step): boolean {
  if (leave === null || leave.via !== 'blind') return false
  if (leave.targetAgentId === null) return knownText(step.car.queueId) === null && agentIdOf(step) !== null
  return leave.targetAgentId === agentIdOf(step)
}

/** `con-to-agent-error`: the offer failed; it ended with itself, and this step is queue time (rulings 10, 11). */
export function failOffer(walk: Walk, step: Step): void {
  if (isForConsult(walk)) return
  if (walk.offer === null && walk.leave !== null) walk.leave.failedAt ??= step.start
  settleOffer(walk, step.start, true)
  walk.queue?.steps.push(step)
}

/** `dequeued` belongs to whatever is open (ruling 3). */
export function dequeue(walk: Walk, step: Step): void {
  const open = walk.holder ?? walk.queue ?? walk.menu
  open?.steps.push(step)
}

/** `optOutOfQueue`: the customer hangs up and waits off line (model §2.3-12). */
export function optOut(walk: Walk, step: Step): void {
  settleOffer(walk, step.start)
  closeMenu(walk, step.start)
  if (walk.leave?.via === 'queue') enterQueue(walk, walk.leave.step)
  walk.queue?.steps.push(step)
  closeQueue(walk, 'callback', step.start)
  walk.isCallback = true
  walk.awaitsCallback = true
}

export function closeQueue(walk: Walk, outcome: QueueOutcome, at: number) {
  const row = walk.queue
  if (row === null) return null
  row.end = at
  row.queueOutcome = outcome
  walk.queue = null
  return row
}

/** An offer that did not lead to its agent is an Invitation (model §2.3-7), though not when we dial out (ruling 18). */
export function settleOffer(walk: Walk, nextAt: number, hasFailed = false): void {
  const step = walk.offer
  walk.offer = null
  if (step === null || isDialling(walk)) return
  addInvitation(walk, step, agentIdOf(step), step.start, step.end ?? nextAt, hasFailed)
}

export function addInvitation(
  walk: Walk,
  step: Step,
  agentId: string | null,
  start: number,
  end: number,
  hasFailed = false,
): void {
  const terminationReason = knownText(step.car.terminationReason)
  const verdict = hasFailed
    ? { result: 'failed' as const, evidence: 'offer_error' as const }
    : walk.context.judgeOffer({ agentId, start, end, terminationReason })
  const row = addRow(walk, 'Invitation', step, start)
  row.end = end
  row.agent = user(agentId)
  row.queueId = walk.queue?.queueId ?? knownText(step.car.queueId)
  row.invitationResult = verdict.result
  row.invitationEvidence = verdict.evidence
}

/** A blind transfer that its agent did not answer (ruling 15). */
export function inviteTarget(walk: Walk, leave: Leave, until: number): void {
  if (leave.isOffered) return
  const end = leave.failedAt ?? leave.step.end ?? until
  addInvitation(walk, leave.step, leave.targetAgentId, leave.at, end, leave.failedAt !== null)
}

/** A step of the same queue continues the row; of another queue closes it as moved, at that step (ruling 3). */
export function enterQueue(walk: Walk, step: Step): void {
  const leave = walk.leave
  walk.leave = null
  // The transfer's own row still names the queue that was left.
  const named = step === leave?.step ? null : knownText(step.car.queueId)
  const queueId = named ?? leave?.targetQueueId ?? null
  if (walk.queue !== null && isOtherQueue(walk.queue.queueId, queueId)) closeQueue(walk, 'moved', step.start)
  if (walk.holder !== null) {
    walk.holder.end = step.start
    walk.holder.transferOut = 'queue'
    walk.holder = null
    walk.transferIn = 'queue'
  }
  const isFallback = leave !== null && leave.via === 'blind' && leave.targetAgentId !== null
  if (leave !== null) {
    if (isFallback) inviteTarget(walk, leave, step.start)
    if (leave.from !== null) leave.from.transferOut = isFallback ? 'blind_agent' : 'queue'
    walk.transferIn = 'queue'
  }
  if (walk.queue === null) {
    const isSent = leave !== null && !isFallback
    walk.queue = openRow('Queue', isSent ? leave.step : step, isSent ? leave.at : step.start)
    walk.rows.push(walk.queue)
  }
  walk.queue.queueId ??= queueId
  if (walk.queue.anchor !== step) walk.queue.steps.push(step)
}

function isOtherQueue(held: string | null, next: string | null): boolean {
  return held !== null && next !== null && held !== next
}
