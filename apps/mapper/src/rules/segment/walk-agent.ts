import { knownText } from '../records.ts'
import { user } from './draft-row.ts'
import type { Step } from './order-steps.ts'
import { isOn } from './walk-holder.ts'
import { closeMenu } from './walk-menu.ts'
import { closeQueue, enterQueue, settleOffer } from './walk-queue.ts'
import { addRow, agentIdOf, isDialling, type Walk } from './walk-state.ts'
import { leave, takeOver, viaOf } from './walk-transfer.ts'

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
