import { knownText } from '../records.ts'
import { openRow, user } from './draft-row.ts'
import type { QueueOutcome } from './facts.ts'
import type { Step } from './order-steps.ts'
import { closeMenu } from './walk-menu.ts'
import { addRow, agentIdOf, isDialling, type Walk } from './walk-state.ts'

/** `parked`: in a queue (model §2.3-5). */
export function park(walk: Walk, step: Step): void {
  settleOffer(walk, step.start)
  closeMenu(walk, step.start)
  if (walk.awaitsCallback || isDialling(walk)) return
  enterQueue(walk, step)
}

/** `connect`: rings an agent. A named agent without a queue makes no Queue row. */
export function offer(walk: Walk, step: Step): void {
  settleOffer(walk, step.start)
  closeMenu(walk, step.start)
  const isRouted = walk.queue !== null || knownText(step.car.queueId) !== null || walk.leave?.via === 'queue'
  if (isRouted && !walk.awaitsCallback && !isDialling(walk)) enterQueue(walk, step)
  walk.offer = step
}

/** `con-to-agent-error`: the offer failed; it ended with itself, and this step is queue time (rulings 10, 11). */
export function failOffer(walk: Walk, step: Step): void {
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
  if (leave !== null) {
    if (leave.from !== null) leave.from.transferOut = 'queue'
    walk.transferIn = 'queue'
  }
  if (walk.queue === null) {
    walk.queue = openRow('Queue', leave?.step ?? step, leave?.at ?? step.start)
    walk.rows.push(walk.queue)
  }
  walk.queue.queueId ??= queueId
  if (walk.queue.anchor !== step) walk.queue.steps.push(step)
}

function isOtherQueue(held: string | null, next: string | null): boolean {
  return held !== null && next !== null && held !== next
}
