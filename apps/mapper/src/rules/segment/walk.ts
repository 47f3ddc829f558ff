import { knownText } from '../records.ts'
import type { KnownEvent } from './events.ts'
import type { Step } from './order-steps.ts'
import { joinAgent } from './walk-agent.ts'
import { endConference, joinConference, noteWrapUp } from './walk-conference.ts'
import { stayWithAgent } from './walk-holder.ts'
import { addSurvey, closeMenu, runFlow, startMenu } from './walk-menu.ts'
import { closeQueue, dequeue, enterQueue, failOffer, offer, optOut, park, settleOffer } from './walk-queue.ts'
import { agentIdOf, startWalk, type Walk, type WalkContext } from './walk-state.ts'
import { beginTransfer, leaveByTransfer, leaveToQueue, openOutside, settleLeave } from './walk-transfer.ts'

/** An offer that ends this close before `ended` was still ringing when the caller hung up: steps touch, but clocks round. */
const SAME_MOMENT_MS = 1_000

/** The customer's own timeline, step by step (model §2.2, §2.3). One entry per known event: a new event must be placed here. */
const HANDLERS: Record<KnownEvent, (walk: Walk, step: Step) => void> = {
  new: startMenu,
  campaignoutbound: ignore,
  'flow-activity': runFlow,
  'ivr-connected': runFlow,
  treatment: runFlow,
  'treatment-completed': runFlow,
  'ivr-done': runFlow,
  parked: park,
  dequeued: dequeue,
  optoutofqueue: optOut,
  connect: offer,
  'con-to-agent-error': failOffer,
  connected: joinAgent,
  'on-hold': stayWithAgent,
  'hold-done': stayWithAgent,
  consult: stayWithAgent,
  consulting: stayWithAgent,
  'consult-done': stayWithAgent,
  'consult-error': stayWithAgent,
  ctq: stayWithAgent,
  'ctq-accepted': stayWithAgent,
  conference: stayWithAgent,
  conferencing: joinConference,
  'conference-done': endConference,
  'blind-transfer': beginTransfer,
  consulttransfer: beginTransfer,
  transferred: leaveByTransfer,
  'vt-transfer': leaveToQueue,
  wrapup: noteWrapUp,
  callbackfailed: failCallback,
  ended: end,
  'recording-started': ignore,
  'recording-available': ignore,
  paused: ignore,
  resumed: ignore,
}

export function walkCustomerTrack(steps: readonly Step[], context: WalkContext): Walk {
  const walk = startWalk(context)
  const afterEnd: Step[] = []
  for (const step of steps) {
    if (step.event === null) walk.flags.add('unknown_event')
    else if (walk.endedAt === null || step.event === 'wrapup') HANDLERS[step.event](walk, step)
    else afterEnd.push(step)
  }
  addSurvey(walk, afterEnd)
  if (walk.leave?.via === 'queue' && walk.endedAt === null) enterQueue(walk, walk.leave.step)
  else if (walk.leave !== null && walk.endedAt === null) openOutside(walk, walk.leave)
  return walk
}

function ignore(): void {}

function end(walk: Walk, step: Step): void {
  if (walk.context.lastEnded !== step) return
  if (walk.leave?.via === 'queue') enterQueue(walk, walk.leave.step)
  const isRinging = stopRinging(walk, step)
  if (closeQueue(walk, 'abandoned', step.start)) walk.abandonedStage = isRinging ? 'ringing' : 'queue'
  else if (isRinging && walk.leave === null && !walk.context.isOutdial && !walk.awaitsCallback) {
    walk.abandonedStage = 'ringing'
  }
  // Ruling 7: leaving the menu is a stage of its own, abandoned or contained.
  if (walk.menu !== null) walk.abandonedStage = 'menu'
  endContact(walk, step.start)
}

/** `callbackFailed` ends a contact; nobody abandoned it (ruling 21). */
function failCallback(walk: Walk, step: Step): void {
  settleOffer(walk, step.start)
  // The vendor tries again; only the last failure is the end.
  const { lastConnected } = walk.context
  if (lastConnected !== null && lastConnected.start >= step.start) return
  closeQueue(walk, 'callback', step.start)
  endContact(walk, step.start)
  walk.endedAt = step.end ?? step.start
}

function endContact(walk: Walk, at: number): void {
  closeMenu(walk, at)
  if (walk.holder !== null) walk.holder.end = at
  if (walk.partner?.end != null && walk.partner.end > at) walk.partner.end = at
  for (const row of walk.rows) if (row.subtype === 'conference') row.end ??= at
  if (walk.leave !== null) settleLeave(walk, walk.leave, at)
  walk.holder = null
  walk.partner = null
  walk.leave = null
  walk.endedAt = at
}

/** The caller hanging up while it rings makes no Invitation (model §2.3-7). */
function stopRinging(walk: Walk, step: Step): boolean {
  const ringing = walk.offer
  if (ringing === null) return false
  const endedBefore = ringing.end !== null && ringing.end < step.start - SAME_MOMENT_MS
  if (endedBefore || (!walk.context.isCustomerEnd && (walk.leave !== null || rangOut(walk, ringing, step.start)))) {
    settleOffer(walk, step.start)
    return false
  }
  walk.offer = null
  return true
}

/** Not the caller but the agent's silence ended it, and a record says so. */
function rangOut({ context }: Walk, ringing: Step, endedAt: number): boolean {
  const verdict = context.judgeOffer({
    agentId: agentIdOf(ringing),
    start: ringing.start,
    end: ringing.end ?? endedAt,
    terminationReason: knownText(ringing.car.terminationReason),
  })
  return verdict.evidence === 'not_responding' || verdict.evidence === 'termination_reason'
}
