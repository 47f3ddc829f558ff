import { uuidV5 } from '@wxcc/contracts/dimension-id'
import { placeSteps, trackExtent, type PlacedStep, type StepOfLife } from './place-steps.ts'

export type { StepOfLife } from './place-steps.ts'

/** A CAR as far as a layout knows it, in Search's spelling; times epoch ms, -1 while open. */
export interface LaidOutStep {
  readonly [member: string]: string | number | boolean | null
  readonly id: string
  readonly eventName: string
  readonly previousState: string | null
  readonly nextState: string | null
  readonly isActive: boolean
  readonly createdTime: number
  readonly endedTime: number
  readonly duration: number
  readonly agentId: string | null
  readonly queueId: string | null
  readonly destinationAgentId: string | null
  readonly destinationQueueId: string | null
  readonly childContactId: string | null
}

export interface LayoutOptions {
  readonly taskId: string
  /** When the contact arrived, epoch ms. */
  readonly startMs: number
  /** Id of the nth agent, in order of appearance; default `A`, `B`, … */
  readonly agentId?: (index: number) => string
  /** Id of the nth queue; default `1`, then `2` after a transfer to a queue. */
  readonly queueId?: (index: number) => string
}

export interface LaidOutTask {
  /** Oldest first. */
  readonly cars: LaidOutStep[]
  /** Where the customer's track ends: the CSR's `endedTime` of a contact that is over. */
  readonly endMs: number
}

/**
 * Gives timestamps, agents and queues to a life that is known only as steps and durations, oldest first (model §2.5, the note
 * before the table): steps on the customer's track follow one another; the others start where their cause does; a `new` longer
 * than all later steps together spans the contact, and the flow gets the residue. A duration of -1 stays open.
 *
 * The result is one consistent reading, not the only one: public samples carry no times.
 */
export function layoutSteps(life: readonly StepOfLife[], options: LayoutOptions): LaidOutTask {
  const placed = placeSteps(life, options.startMs)
  const used = new Map<string, number>()
  const cars = placed.map((step, index) => toCar(step, neighbours(placed, index), options, used))
  return { cars, endMs: options.startMs + trackExtent(life) }
}

/** Id of the nth child contact of a task: a UUID, as the vendor's. */
export function childTaskId(taskId: string, index: number): string {
  return uuidV5(`child-contact:${taskId}:${index}`)
}

interface Neighbours {
  readonly previous: string | null
  readonly next: string | null
}

function neighbours(placed: readonly PlacedStep[], index: number): Neighbours {
  return { previous: placed[index - 1]?.eventName ?? null, next: placed[index + 1]?.eventName ?? null }
}

function toCar(step: PlacedStep, near: Neighbours, options: LayoutOptions, used: Map<string, number>): LaidOutStep {
  const agentId = options.agentId ?? ((index: number) => String.fromCharCode(65 + index))
  const queueId = options.queueId ?? ((index: number) => String(index + 1))
  const owner = step.child === null || !step.isChilds ? options.taskId : childTaskId(options.taskId, step.child)
  const isOpen = step.duration < 0
  return {
    id: uniqueId(`${owner}-${step.start}-${step.eventName}`, used),
    eventName: step.eventName,
    previousState: near.previous,
    nextState: near.next,
    isActive: isOpen,
    createdTime: step.start,
    endedTime: isOpen ? -1 : step.start + step.duration,
    duration: step.duration,
    agentId: step.agent === null ? null : agentId(step.agent),
    queueId: step.queue === null ? null : queueId(step.queue),
    destinationAgentId: step.target === null ? null : agentId(step.target),
    destinationQueueId: step.targetQueue === null ? null : queueId(step.targetQueue),
    childContactId: step.child === null ? null : childTaskId(options.taskId, step.child),
  }
}

/** Two steps of one name may share a millisecond; ids must not. */
function uniqueId(id: string, used: Map<string, number>): string {
  const count = (used.get(id) ?? 0) + 1
  used.set(id, count)
  return count === 1 ? id : `${id}-${count}`
}
