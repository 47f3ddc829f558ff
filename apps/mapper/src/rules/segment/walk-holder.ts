import { knownText } from '../records.ts'
import { user, type DraftRow } from './draft-row.ts'
import type { Step } from './order-steps.ts'
import { closeMenu } from './walk-menu.ts'
import { closeQueue } from './walk-queue.ts'
import { addRow, type Walk } from './walk-state.ts'

/** The vendor's clocks round: a wrap-up has begun a millisecond after what it follows from. */
export const SAME_MOMENT_MS = 1_000

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

export function isOn(row: DraftRow | null, agentId: string, at: number): boolean {
  return row !== null && row.agent?.id === agentId && (row.end === null || row.end > at)
}

export function lastConsulted(holder: DraftRow): string | null {
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

const CONSULT_STEPS = new Set(['consult', 'ctq', 'ctq-accepted', 'consulting', 'conference'])
const CONSULT_ENDS = new Set(['consult-done', 'consult-error', 'conference-done'])

/** When the consult began that the holder is in, or was in last. */
export function lastAsked(holder: DraftRow): number {
  const asked = holder.steps.findLast((step) => step.event === 'consult' || step.event === 'ctq')
  return asked?.start ?? holder.start
}
