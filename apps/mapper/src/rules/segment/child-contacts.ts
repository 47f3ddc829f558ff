import type { Step } from './order-steps.ts'

/** A contact made by a consult to an entry point: not the customer's (model §2.3-3). */
export interface ChildContact {
  readonly start: number
  readonly steps: readonly Step[]
}

export interface SplitSteps {
  readonly root: readonly Step[]
  readonly children: readonly ChildContact[]
}

const UUID_PREFIX = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-/i

/** What a child contact's own life consists of; all else between its `new` and its `ended` is the parent's. */
const CHILD_EVENTS = new Set([
  'new',
  'flow-activity',
  'ivr-connected',
  'ivr-done',
  'treatment',
  'treatment-completed',
  'parked',
  'dequeued',
  'connect',
  'connected',
  'con-to-agent-error',
])
const LEFT = new Set(['vt-transfer', 'transferred'])
const HANDED_OVER = new Set(['consulttransfer', 'blind-transfer', 'vt-transfer', 'transferred'])

/**
 * Takes child contacts out of a task's steps. An id that begins with another task's id (or with one that a `childContactId`
 * names) decides; where the ids say nothing, a later `new` up to its `ended` is the child.
 */
export function splitChildContacts(taskId: string, steps: readonly Step[]): SplitSteps {
  const named = new Set(steps.map((step) => step.car.childContactId).filter((id) => id != null && id !== taskId))
  // Copies of a task carry a suffix on its id alone; then no step bears the task's id, and all are its own.
  const hasOwn = steps.some((step) => step.car.id.startsWith(`${taskId}-`))
  const byId = new Map<string, Step[]>()
  const rest: Step[] = []
  for (const step of steps) {
    const owner = ownerOf(step, taskId, named)
    if (owner === null || !hasOwn) rest.push(step)
    else byId.set(owner, [...(byId.get(owner) ?? []), step])
  }
  const shaped = splitByShape(rest)
  const children = [...[...byId.values()].map(toChild), ...shaped.children]
  return { root: shaped.root, children: children.sort((a, b) => a.start - b.start) }
}

function ownerOf(step: Step, taskId: string, named: ReadonlySet<string | null | undefined>): string | null {
  if (step.car.id.startsWith(`${taskId}-`)) return null
  for (const id of named) if (id && step.car.id.startsWith(`${id}-`)) return id
  return UUID_PREFIX.exec(step.car.id)?.[1] ?? null
}

function splitByShape(steps: readonly Step[]): SplitSteps {
  const root: Step[] = []
  const children: Step[][] = []
  let child: Step[] | null = null
  let isHandedOver = false
  let hasBegun = false
  let isWithoutAgent = false
  steps.forEach((step, index) => {
    const event = step.event ?? ''
    if (LEFT.has(event)) isWithoutAgent = true
    if (child === null && event === 'connected') isWithoutAgent = false
    // After a transfer nobody is there to consult: the caller is at an entry point again.
    if (event === 'new' && hasBegun && !isWithoutAgent) {
      child = [step]
      children.push(child)
      isHandedOver = false
      return
    }
    if (step.duration !== 0 || event === 'new') hasBegun = true
    if (HANDED_OVER.has(event)) isHandedOver = true
    if (child === null) {
      root.push(step)
    } else if (event === 'ended' && steps.slice(index + 1).some((later) => later.event === 'ended')) {
      child.push(step)
      child = null
    } else if (CHILD_EVENTS.has(event) && !isHandedOver) {
      child.push(step)
    } else {
      root.push(step)
    }
  })
  return { root, children: children.map(toChild) }
}

function toChild(steps: readonly Step[]): ChildContact {
  return { start: steps[0]!.start, steps }
}
