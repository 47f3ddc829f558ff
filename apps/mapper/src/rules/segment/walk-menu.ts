import { knownText } from '../records.ts'
import type { Step } from './order-steps.ts'
import { addRow, agentIdOf, type Walk } from './walk-state.ts'

const SURVEY = /survey|feedback|csat|nps/i

/** First `new` of an inbound task: the flow may run from here (model §2.3-4). */
export function startMenu(walk: Walk, step: Step): void {
  // A `new` of the task's own after an agent left: the caller is at an entry point again (ruling 8).
  if (walk.leave !== null) sendToFlow(walk, step)
  if (walk.menu !== null) walk.menu.steps.push(step)
  if (walk.context.isOutdial || walk.menu !== null || walk.rows.length > 0) return
  openMenu(walk, step, step.start, 'entry')
}

/** `flow-activity`, `ivr-*`, `treatment*`: evidence that a flow ran, and where the customer is. */
export function runFlow(walk: Walk, step: Step): void {
  if (walk.leave !== null && !isBreadcrumbOfQueue(walk, step)) sendToFlow(walk, step)
  else if (hasHungUp(walk, step)) sendOn(walk, step)
  if (walk.menu !== null) {
    walk.menu.steps.push(step)
    walk.menu.hasFlowEvidence = true
  } else if (walk.queue !== null) {
    runFlowInQueue(walk, step)
  } else if (walk.rows.length === 0 && walk.holder === null && !walk.context.isOutdial && !walk.awaitsCallback) {
    // A point row may share its millisecond with `new` and be read first.
    openMenu(walk, step, walk.context.taskStart, 'entry').hasFlowEvidence = true
  }
}

export function closeMenu(walk: Walk, at: number): void {
  if (walk.menu === null) return
  walk.menu.end = at
  walk.menu = null
}

/** Ruling 8: after the end only a survey counts; a late `flow-activity` is normal and makes no row. */
export function addSurvey(walk: Walk, stepsAfterEnd: readonly Step[]): void {
  const survey = stepsAfterEnd.filter(isSurvey)
  const [first, last] = [survey[0], survey.at(-1)]
  if (first === undefined || last === undefined) return
  const row = openMenu(walk, first, first.start, 'post_call')
  row.steps.push(...survey.slice(1))
  row.hasFlowEvidence = true
  closeMenu(walk, last.end ?? last.start)
}

function openMenu(walk: Walk, step: Step, start: number, phase: 'entry' | 'after_transfer' | 'post_call') {
  const { botName } = walk.context
  const row = addRow(walk, botName === null || phase === 'post_call' ? 'Menu' : 'Bot', step, start)
  const scriptId = knownText(step.car.ivrScriptId)
  row.menuPhase = phase
  row.hasFlowEvidence = scriptId !== null
  if (row.type === 'Bot' && botName !== null) row.agent = { type: 'Bot', id: botName }
  walk.menu = row
  return row
}

/** After a transfer to a queue, breadcrumbs of the queue's flow are no self-service; only `ivr-connected` would be. */
function isBreadcrumbOfQueue(walk: Walk, step: Step): boolean {
  return walk.leave?.via === 'queue' && step.event !== 'ivr-connected'
}

function sendToFlow(walk: Walk, step: Step): void {
  const leave = walk.leave
  if (leave === null) return
  walk.leave = null
  if (leave.from !== null) leave.from.transferOut = 'entry_point'
  walk.transferIn = 'entry_point'
  const row = openMenu(walk, step, leave.at, 'after_transfer')
  row.transferIn = 'entry_point'
  row.steps.pop()
}

/** The agent wraps up while the caller is in a flow: the agent has left, though no transfer was told (ruling 8). */
function hasHungUp({ holder, partner, wrapUps }: Walk, step: Step): boolean {
  if (holder === null || partner !== null || step.event !== 'ivr-connected' || step.duration === 0) return false
  return wrapUps.some((wrapUp) => wrapUp.start >= holder.start && agentIdOf(wrapUp) === holder.agent?.id)
}

function sendOn(walk: Walk, step: Step): void {
  const holder = walk.holder
  if (holder === null) return
  holder.end = step.start
  holder.transferOut = 'entry_point'
  walk.holder = null
  walk.transferIn = 'entry_point'
  openMenu(walk, step, step.start, 'after_transfer').transferIn = 'entry_point'
  walk.menu?.steps.pop()
}

/** Ruling 6: treatments in a queue make no row; `ivr-connected` does, and the wait goes on beneath it. */
function runFlowInQueue(walk: Walk, step: Step): void {
  if (step.event !== 'ivr-connected') return
  const row = addRow(walk, 'Menu', step)
  row.menuPhase = 'in_queue'
  row.hasFlowEvidence = true
  row.end = step.end
}

function isSurvey(step: Step): boolean {
  if (step.event === 'ivr-connected' || step.event === 'treatment') return step.duration !== 0
  return step.event === 'flow-activity' && SURVEY.test(knownText(step.car.ivrScriptName) ?? '')
}
