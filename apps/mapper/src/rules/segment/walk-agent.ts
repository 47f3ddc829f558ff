import { knownText } from '../records.ts'
import { user, type DraftRow } from './draft-row.ts'
import type { Step } from './order-steps.ts'
import { closeMenu } from './walk-menu.ts'
import { closeQueue, enterQueue, inviteTarget, settleOffer } from './walk-queue.ts'
import { addRow, agentIdOf, isDialling, type Leave, type Walk } from './walk-state.ts'

/** The vendor's clocks round: a wrap-up has begun a millisecond after what it follows from. */
const SAME_MOMENT_MS = 1_000

/** `connected`: an agent has the customer (model §2.3-8). The row starts here; what came before are its facts (ruling 32). */
export function joinAgent(walk: Walk, step: Step): void {
  const agentId = agentIdOf(step)
  if (walk.holder !== null && walk.holder.agent?.id === agentId) {
    walk.holder.steps.push(step)
    walk.transferStep = null
    return
  }
  if (agentId !== null && isOn(walk.partner, agentId, step.start)) {
    walk.partner?.steps.push(step)
    return
  }
  if (walk.transferStep !== null && walk.holder !== null) leave(walk, step, viaOf(walk, step))
  closeMenu(walk, step.start)
  const firstDial = isDialling(walk)
  if (walk.leave?.via === 'queue') enterQueue(walk, step)
  const transfer = walk.leave
  walk.leave = null
  const accepted = takeOffer(walk, step, agentId)
  const queue = closeQueue(walk, 'answered', step.start)
  if (walk.holder !== null) walk.holder.end = step.start
  const row = addRow(walk, 'Agent', step)
  row.agent = user(agentId)
  row.answeredQueue = queue
  row.queueId = knownText(step.car.queueId) ?? queue?.queueId ?? null
  if (accepted !== null) {
    row.steps.unshift(accepted)
    row.invitationMs = step.start - accepted.start
    if (firstDial && walk.context.isPreview) row.preparationMs = accepted.start - walk.context.taskStart
  }
  if (transfer !== null) takeOver(walk, transfer, row, agentId)
  row.transferIn ??= walk.transferIn
  walk.transferIn = null
  walk.transferStep = null
  walk.isConsulting = false
  walk.awaitsCallback = false
  walk.holder = row
}

/** `on-hold`, `hold-done`, consult steps: inside the holder's row. Without a holder the `connected` was never seen (ruling 25). */
export function stayWithAgent(walk: Walk, step: Step): void {
  if (walk.holder === null && walk.leave === null && NEEDS_HOLDER.has(step.event ?? '')) {
    closeMenu(walk, step.start)
    walk.offer = null
    closeQueue(walk, 'answered', step.start)
    const row = addRow(walk, 'Agent', step)
    row.agent = user(step.car.agentId)
    row.isStartUnseen = true
    walk.flags.add('agent_without_connected')
    walk.holder = row
    return
  }
  walk.holder?.steps.push(step)
  if (ASKING.has(step.event ?? '')) walk.isConsulting = true
  else if (step.event !== 'on-hold') walk.isConsulting = false
  // The transfer failed, and the agent talks on.
  if (step.event === 'hold-done') walk.transferStep = null
}

const ASKING = new Set(['consult', 'ctq', 'ctq-accepted', 'consulting'])
const NEEDS_HOLDER = new Set(['on-hold', 'hold-done', 'blind-transfer', 'consulttransfer'])

/** `blind-transfer` and `ConsultTransfer` are still the agent's time (ruling 1). */
export function beginTransfer(walk: Walk, step: Step): void {
  stayWithAgent(walk, step)
  walk.transferStep = step
}

/** `Transferred`: the agent leaves; what follows tells where the customer went. */
export function leaveByTransfer(walk: Walk, step: Step): void {
  if (walk.holder === null) {
    if (walk.leave === null) walk.flags.add('agent_without_connected')
    return
  }
  if (hasLeft(walk, step)) return
  leave(walk, step, viaOf(walk, step))
}

/** The transfer of an agent whose wrap-up, in the same moment, was read first. */
function hasLeft({ rows, holder }: Walk, step: Step): boolean {
  const agentId = agentIdOf(step)
  if (agentId === null || holder?.agent?.id === agentId) return false
  return rows.some((row) => row.type === 'Agent' && row.agent?.id === agentId && isSameMoment(row.end, step.start))
}

function isSameMoment(a: number | null, b: number): boolean {
  return a !== null && Math.abs(a - b) <= SAME_MOMENT_MS
}

function viaOf({ transferStep }: Walk, step: Step): Leave['via'] {
  const isConsult = transferStep?.event === 'consulttransfer' || /consult/i.test(knownText(step.car.transferType) ?? '')
  if (isConsult) return 'consult'
  const steps = [step, transferStep].filter((each) => each !== null)
  const isToQueue =
    steps.some(({ car }) => knownText(car.destinationQueueId) !== null) &&
    steps.every(({ car }) => knownText(car.destinationAgentId) === null)
  return isToQueue ? 'queue' : 'blind'
}

/** `vt-transfer`: the agent leaves to a queue. Without an agent it is a move between queues, decided by the next step. */
export function leaveToQueue(walk: Walk, step: Step): void {
  if (walk.holder === null) {
    walk.queue?.steps.push(step)
    return
  }
  walk.holder.transferOut = 'queue'
  leave(walk, step, 'queue')
}

/** The conference is over, and the partner has left it. */
export function endConference(walk: Walk, step: Step): void {
  stayWithAgent(walk, step)
  if (walk.partner?.end === null) walk.partner.end = step.start
}

/** `conferencing`: a second agent joins the customer (ruling 14). */
export function joinConference(walk: Walk, step: Step): void {
  const holder = walk.holder
  const partnerId = holder === null ? null : partnerOf(holder, step)
  if (partnerId !== null && isOn(walk.partner, partnerId, step.start)) {
    // The same conference, told once for each of its agents.
    walk.partner?.steps.push(step)
    return
  }
  stayWithAgent(walk, step)
  if (partnerId === null) return
  const row = addRow(walk, 'Agent', step)
  row.agent = user(partnerId)
  row.subtype = 'conference'
  row.transferIn = 'conference'
  row.queueId = null
  row.end = step.end
  walk.partner = row
}

/** A wrap-up of the holder while the conference still runs: the partner keeps the customer (ruling 14). */
export function noteWrapUp(walk: Walk, step: Step): void {
  walk.wrapUps.push(step)
  const { holder, partner } = walk
  if (holder === null || partner === null || holder.agent?.id !== agentIdOf(step)) return
  if (partner.end !== null && partner.end < step.start - SAME_MOMENT_MS) return
  holder.end = step.start
  holder.transferOut = 'consult_agent'
  partner.end = null
  walk.holder = partner
  walk.partner = null
}

/** While the contact runs: a number without an agent behind it says already that the customer is outside (ruling 17). */
export function openOutside(walk: Walk, leave: Leave): void {
  const isToNumber = leave.targetAgentId === null && knownText(leave.step.car.destinationAgentPhoneNumber) !== null
  if (!isToNumber) return
  if (leave.from !== null) leave.from.transferOut = leave.via === 'consult' ? 'consult_number' : 'blind_number'
  outside(walk, leave, null)
}

/** The customer left, or an outside number has them (rulings 15-17). */
export function settleLeave(walk: Walk, leave: Leave, endedAt: number): void {
  const { from } = leave
  if (leave.targetAgentId !== null) {
    if (from !== null) from.transferOut = leave.via === 'consult' ? 'consult_agent' : 'blind_agent'
    if (leave.via === 'blind' && (!walk.context.isCustomerEnd || leave.failedAt !== null))
      inviteTarget(walk, leave, endedAt)
    if (leave.via === 'consult' && leave.partner !== null) leave.partner.end = endedAt
    return
  }
  if (from !== null) from.transferOut = leave.via === 'consult' ? 'consult_number' : 'blind_number'
  outside(walk, leave, endedAt)
}

function outside(walk: Walk, leave: Leave, end: number | null): void {
  const row = addRow(walk, 'External', leave.step, leave.at)
  // One agent for all outside numbers: the number itself may be a person's.
  row.agent = { type: 'External', id: 'external' }
  row.end = end
}

function leave(walk: Walk, step: Step, via: Leave['via']): void {
  const holder = walk.holder!
  holder.end = step.start
  walk.leave = {
    at: step.start,
    step,
    via,
    from: holder,
    partner:
      walk.partner !== null && isOn(walk.partner, walk.partner.agent?.id ?? '', step.start - SAME_MOMENT_MS)
        ? walk.partner
        : null,
    targetAgentId: targetAgent(walk, holder, step, via),
    targetQueueId: knownText(step.car.destinationQueueId) ?? knownText(walk.transferStep?.car.destinationQueueId),
    isOffered: false,
    failedAt: null,
  }
  if (via === 'queue') holder.transferOut = 'queue'
  walk.isConsulting = false
  walk.holder = null
  walk.partner = null
  walk.transferStep = null
}

function isOn(row: DraftRow | null, agentId: string, at: number): boolean {
  return row !== null && row.agent?.id === agentId && (row.end === null || row.end > at)
}

function targetAgent(walk: Walk, holder: DraftRow, step: Step, via: Leave['via']): string | null {
  for (const each of [step, walk.transferStep]) {
    const id = knownText(each?.car.destinationAgentId)
    if (id !== null && id !== holder.agent?.id) return id
  }
  if (via !== 'consult') return null
  return lastConsulted(holder) ?? walk.context.childAgent(lastAsked(holder), step.start)
}

function takeOffer(walk: Walk, step: Step, agentId: string | null): Step | null {
  const ringing = walk.offer
  if (ringing === null) return null
  const offered = agentIdOf(ringing)
  if (offered !== null && agentId !== null && offered !== agentId && !isDialling(walk)) {
    settleOffer(walk, step.start)
    return null
  }
  walk.offer = null
  return ringing
}

function takeOver(walk: Walk, leave: Leave, row: DraftRow, agentId: string | null): void {
  const { from, targetAgentId } = leave
  row.queueId = knownText(row.anchor.car.queueId)
  row.transferIn = leave.via === 'consult' ? 'consult' : 'blind'
  if (from !== null) from.transferOut = leave.via === 'consult' ? 'consult_agent' : 'blind_agent'
  const isTarget = targetAgentId === null || agentId === null || targetAgentId === agentId
  if (leave.via === 'blind' && isTarget) {
    row.invitationMs ??= row.start - leave.at
    if (leave.step !== row.anchor) row.steps.unshift(leave.step)
  }
  if (leave.via === 'blind' && !isTarget) {
    inviteTarget(walk, leave, row.start)
    if (from?.agent?.id === agentId) row.transferIn = null
  }
}

function partnerOf(holder: DraftRow, step: Step): string | null {
  const candidates = [step.car.destinationAgentId, step.car.agentId].map(knownText)
  const named = candidates.find((id) => id !== null && id !== holder.agent?.id)
  return named ?? lastConsulted(holder)
}

const CONSULT_STEPS = new Set(['consult', 'ctq', 'ctq-accepted', 'consulting', 'conference'])
const CONSULT_ENDS = new Set(['consult-done', 'consult-error', 'conference-done'])

/** When the consult began that the holder is in, or was in last. */
function lastAsked(holder: DraftRow): number {
  const asked = holder.steps.findLast((step) => step.event === 'consult' || step.event === 'ctq')
  return asked?.start ?? holder.start
}

function lastConsulted(holder: DraftRow): string | null {
  for (const step of holder.steps.toReversed()) {
    // Whom an earlier consult asked is not meant.
    if (CONSULT_ENDS.has(step.event ?? '')) return null
    if (!CONSULT_STEPS.has(step.event ?? '')) continue
    for (const id of [step.car.destinationAgentId, step.car.agentId].map(knownText)) {
      if (id !== null && id !== holder.agent?.id) return id
    }
  }
  return null
}
