import { knownText } from '../records.ts'
import type { DraftRow } from './draft-row.ts'
import type { Step } from './order-steps.ts'
import { isOn, lastAsked, lastConsulted, SAME_MOMENT_MS, stayWithAgent } from './walk-holder.ts'
import { inviteTarget } from './walk-queue.ts'
import { addRow, agentIdOf, type Leave, type Walk } from './walk-state.ts'

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

export function viaOf({ transferStep }: Walk, step: Step): Leave['via'] {
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

export function leave(walk: Walk, step: Step, via: Leave['via']): void {
  const holder = walk.holder!
  holder.end = step.start
  walk.leave = {
    at: step.start,
    step,
    via,
    from: holder,
    partner: stayingPartner(walk, step),
    targetAgentId: targetAgent(walk, holder, step, via),
    targetQueueId: knownText(step.car.destinationQueueId) ?? knownText(walk.transferStep?.car.destinationQueueId),
    isOffered: false,
    failedAt: null,
  }
  if (via === 'queue') holder.transferOut = 'queue'
  else if (walk.leave.targetAgentId !== null) holder.transferOut = via === 'consult' ? 'consult_agent' : 'blind_agent'
  walk.isConsulting = false
  walk.holder = null
  walk.partner = null
  walk.transferStep = null
}

/** The partner of a conference that runs until the transfer begins. */
function stayingPartner({ partner, transferStep }: Walk, step: Step): DraftRow | null {
  const at = (transferStep ?? step).start - SAME_MOMENT_MS
  return partner !== null && isOn(partner, partner.agent?.id ?? '', at) ? partner : null
}

function targetAgent(walk: Walk, holder: DraftRow, step: Step, via: Leave['via']): string | null {
  for (const each of [step, walk.transferStep]) {
    const id = knownText(each?.car.destinationAgentId)
    if (id !== null && id !== holder.agent?.id) return id
  }
  if (via !== 'consult') return null
  return lastConsulted(holder) ?? walk.context.childAgent(lastAsked(holder), step.start)
}

export function takeOver(walk: Walk, leave: Leave, row: DraftRow, agentId: string | null): void {
  const { from, targetAgentId } = leave
  if (leave.partner !== null) leave.partner.end ??= leave.at
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
