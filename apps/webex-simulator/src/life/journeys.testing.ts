import { expect } from 'vitest'
import { arrivalKey } from './arrivals.ts'
import { simulateBlock } from './block.ts'
import type { Block } from './block.ts'
import type { JourneyKind } from './journey-kinds.ts'
import { createOrg } from './org.ts'
import type { Beat, BeatKind, EngagementFact, TaskScript } from './script.ts'
import { createWatches } from './watches.ts'

const MONDAY = Math.floor(Date.UTC(2026, 10, 2) / 86_400_000)
export const org = createOrg(1, { agents: 40, pods: 1 })
export const dayOf = (seed: number): Block =>
  simulateBlock(
    {
      seed,
      org,
      watches: createWatches('UTC', 1),
      tasksPerDay: 2000,
      openingMs: 0,
      lostRecordings: 0,
      taskIdOf: arrivalKey,
      sessionIdOf: (pod, watch) => (agentIndex, login) => `${pod.index}.${watch}.${agentIndex}.${login}`,
    },
    org.pods[0],
    MONDAY,
  )
export const days = [1, 2, 3].map(dayOf)
export const tasks = days.flatMap((day) => day.tasks)

/** Each kind at least so often on a day of 2,000 contacts, on average of the days looked at. */
export const FEW = 4

/** The customer's own steps; all others stand beside them (customer-journey-model §2.2). */
export const TRACK: ReadonlySet<BeatKind> = new Set<BeatKind>([
  'arrive',
  'wait',
  'offer',
  'offer-failed',
  'talk',
  'hold',
  'talk-again',
  'leave-queue',
  'send-to-queue',
  'send-away',
  'hand-over',
  'under-way',
  'opt-out',
  'callback-failed',
  'dial-campaign',
  'end',
])

/** The flow is where the customer is before the queue and after a transfer to an entry point; in a queue and after the end it is beside. */
export const isOnTrack = ({ endedTime }: TaskScript, { kind, queue, start }: Beat) =>
  TRACK.has(kind) ||
  ((kind === 'self-service' || kind === 'treatment') && queue === undefined && start < (endedTime ?? Infinity))
export const inOrder = (beats: readonly Beat[]) =>
  beats.toSorted((a, b) => a.start - b.start || (a.end ?? Infinity) - (b.end ?? Infinity))
export const wordsOf = (task: TaskScript) => inOrder(task.beats).map((beat) => beat.kind)
export const factsOf = (task: TaskScript, type: EngagementFact['type']) =>
  task.facts.filter((fact) => fact.type === type)
export const beatsOf = (task: TaskScript, kind: BeatKind) => inOrder(task.beats.filter((beat) => beat.kind === kind))
export const inTime = (facts: readonly EngagementFact[]) => facts.toSorted((a, b) => a.startTime - b.startTime)
export const beginnings = (facts: readonly EngagementFact[]) =>
  facts.map((fact) => fact.startTime).toSorted((a, b) => a - b)

/** Whether the words occur in this order, others in between. */
export function follows(words: readonly BeatKind[], wanted: readonly BeatKind[]): boolean {
  let at = 0
  for (const word of words) if (word === wanted[at]) at++
  return at === wanted.length
}

export interface Expectation {
  readonly kind: JourneyKind
  /** In this order, others in between. */
  readonly steps: readonly BeatKind[]
  readonly never?: readonly BeatKind[]
  /** How many engagements of a type: exactly, or at least one. */
  readonly rows?: Partial<Record<EngagementFact['type'], number | 'some'>>
  readonly also?: (task: TaskScript) => void
}

export const NOBODY = { Agent: 0, Consult: 0, External: 0 } as const
export const one = <T>(things: readonly T[]): T => {
  expect(things).toHaveLength(1)
  return things[0]!
}
export const offersMissedOf = (task: TaskScript) => {
  const steps = inOrder(task.beats.filter((beat) => TRACK.has(beat.kind)))
  return steps.filter((beat, at) => beat.kind === 'offer' && !['talk', 'end'].includes(steps[at + 1]?.kind ?? ''))
}
/** One engagement stands on one beat: same begin, same end, the other agent. */
export const standsOn = (fact: EngagementFact, beat: Beat, agentId: string | null | undefined) => {
  expect([fact.startTime, fact.endTime, fact.agentId]).toEqual([beat.start, beat.end, agentId])
}
export const queueClosedAs = (task: TaskScript, at: number, isAnswered: boolean) => {
  const queue = inTime(factsOf(task, 'Queue'))[0]!
  expect([queue.endTime, queue.isAnswered]).toEqual([at, isAnswered])
}
