import { knownText } from '../records.ts'
import { user, type DraftRow } from './draft-row.ts'
import type { Step } from './order-steps.ts'
import { isOn, lastConsulted, SAME_MOMENT_MS, stayWithAgent } from './walk-holder.ts'
import { addRow, agentIdOf, type Walk } from './walk-state.ts'

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

/** The conference is over, and the partner has left it. */
export function endConference(walk: Walk, step: Step): void {
  stayWithAgent(walk, step)
  if (walk.partner?.end === null) walk.partner.end = step.start
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

function partnerOf(holder: DraftRow, step: Step): string | null {
  const candidates = [step.car.destinationAgentId, step.car.agentId].map(knownText)
  const named = candidates.find((id) => id !== null && id !== holder.agent?.id)
  return named ?? lastConsulted(holder)
}
