import { describe, expect, it } from 'vitest'
import { arrivalKey } from './arrivals.ts'
import { simulateBlock } from './block.ts'
import type { Block } from './block.ts'
import { createOrg } from './org.ts'
import type { Beat, BeatKind, EngagementFact, JourneyKind, TaskScript } from './script.ts'
import { createWatches } from './watches.ts'

const MONDAY = Math.floor(Date.UTC(2026, 10, 2) / 86_400_000)
const org = createOrg(1, { agents: 40, pods: 1 })
const dayOf = (seed: number): Block =>
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
const days = [1, 2, 3].map(dayOf)
const tasks = days.flatMap((day) => day.tasks)

/** Each kind at least so often on a day of 2,000 contacts, on average of the days looked at. */
const FEW = 4

/** The customer's own steps; all others stand beside them (customer-journey-model §2.2). */
const TRACK: ReadonlySet<BeatKind> = new Set<BeatKind>([
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
const isOnTrack = ({ endedTime }: TaskScript, { kind, queue, start }: Beat) =>
  TRACK.has(kind) ||
  ((kind === 'self-service' || kind === 'treatment') && queue === undefined && start < (endedTime ?? Infinity))
const inOrder = (beats: readonly Beat[]) =>
  beats.toSorted((a, b) => a.start - b.start || (a.end ?? Infinity) - (b.end ?? Infinity))
const wordsOf = (task: TaskScript) => inOrder(task.beats).map((beat) => beat.kind)
const factsOf = (task: TaskScript, type: EngagementFact['type']) => task.facts.filter((fact) => fact.type === type)
const beatsOf = (task: TaskScript, kind: BeatKind) => inOrder(task.beats.filter((beat) => beat.kind === kind))
const inTime = (facts: readonly EngagementFact[]) => facts.toSorted((a, b) => a.startTime - b.startTime)
const beginnings = (facts: readonly EngagementFact[]) => facts.map((fact) => fact.startTime).toSorted((a, b) => a - b)

/** Whether the words occur in this order, others in between. */
function follows(words: readonly BeatKind[], wanted: readonly BeatKind[]): boolean {
  let at = 0
  for (const word of words) if (word === wanted[at]) at++
  return at === wanted.length
}

interface Expectation {
  readonly kind: JourneyKind
  /** In this order, others in between. */
  readonly steps: readonly BeatKind[]
  readonly never?: readonly BeatKind[]
  /** How many engagements of a type: exactly, or at least one. */
  readonly rows?: Partial<Record<EngagementFact['type'], number | 'some'>>
  readonly also?: (task: TaskScript) => void
}

const NOBODY = { Agent: 0, Consult: 0, External: 0 } as const
const one = <T>(things: readonly T[]): T => {
  expect(things).toHaveLength(1)
  return things[0]!
}
const offersMissedOf = (task: TaskScript) => {
  const steps = inOrder(task.beats.filter((beat) => TRACK.has(beat.kind)))
  return steps.filter((beat, at) => beat.kind === 'offer' && !['talk', 'end'].includes(steps[at + 1]?.kind ?? ''))
}
/** One engagement stands on one beat: same begin, same end, the other agent. */
const standsOn = (fact: EngagementFact, beat: Beat, agentId: string | undefined) => {
  expect([fact.startTime, fact.endTime, fact.agentId]).toEqual([beat.start, beat.end, agentId])
}
const queueClosedAs = (task: TaskScript, at: number, isAnswered: boolean) => {
  const queue = inTime(factsOf(task, 'Queue'))[0]!
  expect([queue.endTime, queue.isAnswered]).toEqual([at, isAnswered])
}

const JOURNEYS: readonly Expectation[] = [
  { kind: 'answered at once', steps: ['arrive', 'offer', 'talk', 'end'], rows: { Queue: 'some', Agent: 'some' } },
  { kind: 'answered after waiting', steps: ['arrive', 'wait', 'offer', 'talk', 'end'], rows: { Agent: 'some' } },
  { kind: 'hold', steps: ['talk', 'hold', 'talk-again', 'end'], rows: { Agent: 'some' } },
  {
    kind: 'missed',
    steps: ['offer'],
    also: (task) => expect(factsOf(task, 'Invitation').some((fact) => fact.invitationResult === 'missed')).toBe(true),
  },
  {
    kind: 'rejected',
    steps: ['offer'],
    also: (task) => expect(factsOf(task, 'Invitation').some((fact) => fact.invitationResult === 'rejected')).toBe(true),
  },
  {
    kind: 'several misses',
    steps: ['offer', 'offer', 'offer'],
    also: (task) => expect(factsOf(task, 'Invitation').length).toBeGreaterThanOrEqual(3),
  },
  {
    // Ruling 11: the offer ends with itself, the error is queue time.
    kind: 'offer failed',
    steps: ['offer', 'offer-failed'],
    also(task) {
      const failed = factsOf(task, 'Invitation').filter((fact) => fact.invitationResult === 'failed')
      expect(failed.map((fact) => fact.endTime)).toEqual(beatsOf(task, 'offer-failed').map((beat) => beat.start))
    },
  },
  { kind: 'abandoned in menu', steps: ['arrive', 'end'], never: ['wait', 'offer'], rows: { ...NOBODY, Queue: 0 } },
  { kind: 'self-service only', steps: ['arrive', 'end'], never: ['wait', 'offer'], rows: { ...NOBODY, Queue: 0 } },
  {
    kind: 'abandoned in queue',
    steps: ['wait', 'end'],
    also: (task) =>
      expect(inTime(factsOf(task, 'Queue')).at(-1)).toMatchObject({ endTime: task.endedTime, isAnswered: false }),
  },
  {
    // Leaving while it rings makes no Invitation.
    kind: 'abandoned while ringing',
    steps: ['offer', 'end'],
    also(task) {
      const ringing = beatsOf(task, 'offer').at(-1)!
      expect(ringing.end).toBe(task.endedTime)
      expect(factsOf(task, 'Invitation').map((fact) => fact.startTime)).not.toContain(ringing.start)
    },
  },
  {
    kind: 'overflow',
    steps: ['wait', 'leave-queue'],
    also(task) {
      const [first, second] = inTime(factsOf(task, 'Queue'))
      expect([first!.isAnswered, first!.endTime]).toEqual([false, second!.startTime])
      expect(first!.queueId).not.toBe(second!.queueId)
    },
  },
  {
    kind: 'transfer to queue',
    steps: ['talk', 'leave-queue', 'send-to-queue'],
    rows: { Queue: 'some', Agent: 'some', External: 0 },
    // Ruling 1: the agent leaves at `vt-transfer`, from where the second queue counts.
    also: (task) => expect(beginnings(factsOf(task, 'Queue'))).toContain(beatsOf(task, 'send-to-queue')[0]!.start),
  },
  {
    kind: 'transfer to agent',
    steps: ['talk', 'send-away', 'under-way', 'talk'],
    rows: { External: 0 },
    also(task) {
      const sentAt = beatsOf(task, 'send-away')[0]!.start
      expect(beginnings(factsOf(task, 'Queue')).every((start) => start < sentAt)).toBe(true)
      expect(factsOf(task, 'Agent').length).toBeGreaterThanOrEqual(2)
    },
  },
  {
    kind: 'transfer to number',
    steps: ['talk', 'send-away', 'under-way', 'end'],
    rows: { External: 1 },
    also: (task) => standsOn(one(factsOf(task, 'External')), beatsOf(task, 'under-way').at(-1)!, null as never),
  },
  {
    // Ruling 15: never External.
    kind: 'blind transfer unanswered',
    steps: ['talk', 'send-away', 'under-way', 'end'],
    rows: { External: 0, Invitation: 'some' },
    also(task) {
      const away = beatsOf(task, 'under-way').at(-1)!
      standsOn(inTime(factsOf(task, 'Invitation')).at(-1)!, away, away.toSeat?.agent.id)
    },
  },
  {
    // Ruling 8.
    kind: 'transfer to entry point',
    steps: ['talk', 'self-service'],
    rows: { External: 0 },
    also(task) {
      const left = beatsOf(task, 'under-way').filter((beat) => beat.toEntryPoint !== undefined)
      const menu = factsOf(task, 'Menu').find((fact) => fact.startTime === one(left).start)
      expect(menu?.endTime).toBe(beatsOf(task, 'self-service-done').find((beat) => beat.start > menu!.startTime)?.start)
    },
  },
  {
    kind: 'consult and transfer',
    steps: ['talk', 'ask-colleague', 'hold', 'with-colleague', 'hand-over', 'under-way', 'talk'],
    rows: { Consult: 1 },
    also(task) {
      const beat = one(beatsOf(task, 'with-colleague'))
      standsOn(one(factsOf(task, 'Consult')), beat, beat.toSeat?.agent.id)
    },
  },
  {
    kind: 'consult and come back',
    steps: ['ask-colleague', 'with-colleague', 'colleague-gone', 'talk-again'],
    rows: { Consult: 1 },
  },
  {
    kind: 'conference',
    steps: ['with-colleague', 'join-colleague', 'three-way'],
    rows: { Consult: 1 },
    // Ruling 14.
    also(task) {
      const beat = one(beatsOf(task, 'three-way'))
      const partner = factsOf(task, 'Agent').find((fact) => fact.startTime === beat.start)
      expect([partner?.agentId, partner?.queueId]).toEqual([beat.toSeat?.agent.id, null])
    },
  },
  {
    // Ruling 12: a consult to a queue counts from `ctq-accepted`.
    kind: 'consult to queue and come back',
    steps: ['talk', 'ask-queue', 'queue-colleague', 'talk-again'],
    rows: { Consult: 1 },
    also(task) {
      const beat = one(beatsOf(task, 'queue-colleague'))
      standsOn(one(factsOf(task, 'Consult')), beat, beat.toSeat?.agent.id)
    },
  },
  {
    kind: 'consult to queue and transfer',
    steps: ['talk', 'ask-queue', 'queue-colleague', 'hand-over', 'under-way', 'talk'],
    rows: { Consult: 1 },
    also(task) {
      const beat = one(beatsOf(task, 'queue-colleague'))
      standsOn(one(factsOf(task, 'Consult')), beat, beat.toSeat?.agent.id)
      expect(factsOf(task, 'Agent').some((fact) => fact.agentId === beat.toSeat?.agent.id)).toBe(true)
    },
  },
  {
    // Ruling 12: from the child contact's `connected`.
    kind: 'consult to entry point',
    steps: ['talk', 'ask-colleague', 'child-arrive', 'child-offer', 'child-talk', 'child-end'],
    rows: { Consult: 1 },
    also(task) {
      const beat = one(beatsOf(task, 'child-talk'))
      standsOn(one(factsOf(task, 'Consult')), beat, beat.seat?.agent.id)
      expect(factsOf(task, 'Agent').map((fact) => fact.startTime)).not.toContain(beat.start)
    },
  },
  {
    // Ruling 16: the customer was not offered.
    kind: 'consult to entry point unanswered',
    steps: ['talk', 'ask-colleague', 'child-arrive', 'child-wait', 'child-end'],
    never: ['child-talk'],
    rows: { Consult: 0 },
    also: (task) => expect(factsOf(task, 'Invitation')).toHaveLength(offersMissedOf(task).length),
  },
  {
    kind: 'consult to number',
    steps: ['talk', 'ask-colleague', 'with-colleague'],
    rows: { Consult: 0 },
    also: (task) => expect(beatsOf(task, 'with-colleague')[0]).not.toHaveProperty('toSeat.agent'),
  },
  {
    // Rulings 20 and 22: the queue ends at the opt-out, and there is no second one.
    kind: 'callback answered',
    steps: ['arrive', 'opt-out', 'offer', 'talk', 'end'],
    rows: { Agent: 'some' },
    also(task) {
      const away = one(beatsOf(task, 'opt-out'))
      if (task.callback?.type === 'Courtesy') queueClosedAs(task, away.start, false)
      expect(beginnings(factsOf(task, 'Agent'))[0]).toBe(task.callback?.connectedAt)
    },
  },
  {
    // Ruling 21: it ends the contact, abandoned by nobody.
    kind: 'callback failed',
    steps: ['arrive', 'opt-out', 'callback-failed'],
    never: ['talk', 'end'],
    rows: NOBODY,
    also(task) {
      expect([task.callback?.isFailed, task.ending?.type]).toEqual([true, 'normal'])
      expect(task.endedTime).toBe(one(beatsOf(task, 'callback-failed')).end)
    },
  },
  {
    kind: 'web callback',
    steps: ['arrive', 'opt-out'],
    also: (task) =>
      expect(beginnings(factsOf(task, 'Queue')).every((start) => start > task.callback!.connectedAt!)).toBe(true),
  },
  {
    kind: 'outdial answered',
    steps: ['arrive', 'offer', 'talk', 'end'],
    rows: { Menu: 0, Queue: 0, Invitation: 0, Agent: 'some' },
  },
  {
    kind: 'outdial unanswered',
    steps: ['arrive', 'end'],
    never: ['talk'],
    rows: { ...NOBODY, Menu: 0, Queue: 0, Invitation: 0 },
  },
  {
    kind: 'campaign answered',
    steps: ['arrive', 'dial-campaign', 'talk', 'end'],
    rows: { Menu: 0, Queue: 0, Invitation: 0, Agent: 'some' },
    also: (task) => expect(task.campaign?.cpa).toBe('LIVE_VOICE'),
  },
  {
    kind: 'campaign unanswered',
    steps: ['arrive', 'dial-campaign', 'end'],
    never: ['talk'],
    also: (task) => expect(task.facts).toEqual([]),
  },
  {
    kind: 'campaign abandoned',
    steps: ['arrive', 'dial-campaign', 'end'],
    never: ['talk'],
    also: (task) => expect([task.facts, task.ending?.type]).toEqual([[], 'abandoned']),
  },
  { kind: 'older menu rows', steps: ['arrive', 'self-service', 'self-service-done'], rows: { Menu: 'some' } },
  { kind: 'treatment in queue', steps: ['wait', 'treatment', 'treatment-done'], rows: { Queue: 'some' } },
  {
    // Ruling 35.
    kind: 'bot',
    steps: ['arrive'],
    rows: { Bot: 1 },
    also: (task) => expect(one(factsOf(task, 'Bot')).startTime).toBe(task.createdTime),
  },
  {
    kind: 'sudden disconnect',
    steps: ['talk', 'end'],
    also: (task) => expect(task.ending?.type).toBe('sudden_disconnect'),
  },
  { kind: 'monitored', steps: ['talk'], also: listenedTo },
  { kind: 'barged in', steps: ['talk'], also: listenedTo },
  {
    kind: 'manually assigned',
    steps: ['offer', 'talk'],
    also: (task) => expect([task.channel === 'telephony', task.plan.isManual]).toEqual([false, true]),
  },
  {
    // Ruling 8: after the end only a survey's flow counts.
    kind: 'post-call survey',
    steps: ['talk', 'end', 'self-service'],
    also: (task) => expect(inTime(task.facts).at(-1)).toMatchObject({ type: 'Menu', agentId: null, queueId: null }),
  },
  {
    kind: 'deferred survey',
    steps: ['talk', 'end'],
    also: (task) => expect(task.late.some((news) => news.what === 'survey' && !news.isInline)).toBe(true),
  },
  {
    kind: 'chat with transcript',
    steps: ['arrive', 'end'],
    also: (task) => expect(task.messages.length).toBeGreaterThan(0),
  },
  {
    kind: 'e-mail',
    steps: ['arrive'],
    also(task) {
      expect(task.mail?.subject).toBeTruthy()
      expect(task.messages.length).toBeGreaterThan(0)
    },
  },
  {
    kind: 'e-mail reply',
    steps: ['arrive'],
    also(task) {
      const earlier = tasks.find(
        (other) => other.mail?.thread === task.mail?.thread && other.createdTime < task.createdTime,
      )
      expect(earlier?.customerKey).toBe(task.customerKey)
      expect(task.mail!.part).toBeGreaterThan(1)
    },
  },
  { kind: 'e-mail left in queue', steps: ['wait', 'end'], rows: NOBODY },
  {
    kind: 'social message',
    steps: ['arrive'],
    also: (task) => expect(task.subType).toMatch(/^(WhatsApp|Facebook|SMS)$/),
  },
]

/** A supervisor's ear makes no engagement (customer-journey-model §2.3-18). */
function listenedTo({ monitoring, beats }: TaskScript): void {
  const talk = beats.find((beat) => beat.kind === 'talk')!
  expect(monitoring!.start).toBeGreaterThanOrEqual(talk.start)
  expect(beats.filter((beat) => beat.start === monitoring!.start)).toEqual([])
  expect(monitoring!.supervisor).not.toBe(talk.seat?.agent)
}

describe('a journey', () => {
  it.each(JOURNEYS)('$kind: its steps, and the engagements of the rulings', ({ kind, steps, never, rows, also }) => {
    const lived = tasks.filter((task) => task.kinds.has(kind))
    expect(lived.length, 'too rare').toBeGreaterThanOrEqual(3 * FEW)
    for (const task of lived) {
      const words = wordsOf(task)
      expect(follows(words, steps), `${task.id}: ${words.join(' ')}`).toBe(true)
      expect(words.filter((word) => never?.includes(word) === true)).toEqual([])
      for (const [type, count] of Object.entries(rows ?? {})) {
        const found = task.facts.filter((fact) => fact.type === type).length
        if (count === 'some') expect(found, `${task.id}: ${type}`).toBeGreaterThan(0)
        else expect(found, `${task.id}: ${type}`).toBe(count)
      }
      also?.(task)
    }
  })
})

describe('every contact', () => {
  it('has a time of its own without gaps, from its arrival to its end', () => {
    for (const task of tasks) {
      const steps = inOrder(task.beats.filter((beat) => isOnTrack(task, beat)))
      expect(steps[0]?.start).toBe(task.createdTime)
      for (const [at, step] of steps.entries()) {
        if (at > 0) expect(step.start, `${task.id}: ${step.kind}`).toBe(steps[at - 1]!.end)
      }
      expect(steps.at(-1)?.end).toBe(task.endedTime)
    }
  })

  it('was with an agent exactly where an Agent engagement says so, and that agent was busy with it', () => {
    for (const day of days) {
      const busy = new Set(
        day.sessions.flatMap(({ slots }) =>
          slots.flatMap(({ channelId, stretches }) =>
            stretches.flatMap(({ state, start, task }) =>
              task === undefined ? [] : `${channelId} ${task.id} ${start} ${state}`,
            ),
          ),
        ),
      )
      for (const task of day.tasks) {
        const joined = [...beatsOf(task, 'talk'), ...beatsOf(task, 'three-way')].map((beat) => beat.start)
        expect(beginnings(factsOf(task, 'Agent')), task.id).toEqual(joined.toSorted((a, b) => a - b))
        for (const { start, seat } of beatsOf(task, 'talk'))
          expect(busy.has(`${seat?.channelId} ${task.id} ${start} talking`), `${task.id} at ${start}`).toBe(true)
      }
    }
  })

  it('knows late what is late, within two days, and nothing after it is settled', () => {
    for (const { endedTime, late, settledAt, beats } of tasks) {
      const times = late.map((news) => news.at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      for (const at of times) expect(at >= endedTime! && at <= endedTime! + 2 * 86_400_000).toBe(true)
      expect(settledAt).toBeGreaterThanOrEqual(
        Math.max(endedTime!, ...times, ...beats.map((beat) => beat.end ?? beat.start)),
      )
    }
  })
})
