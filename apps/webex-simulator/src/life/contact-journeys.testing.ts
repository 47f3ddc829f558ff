import { expect } from 'vitest'
import {
  tasks,
  factsOf,
  beatsOf,
  inTime,
  beginnings,
  NOBODY,
  one,
  standsOn,
  queueClosedAs,
} from './journeys.testing.ts'
import type { Expectation } from './journeys.testing.ts'
import type { TaskScript } from './script.ts'

/** A contact from its arrival to the agent who takes it, and what follows the end. */
export const CONTACT_JOURNEYS: readonly Expectation[] = [
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
  { kind: 'several holds', steps: ['talk', 'hold', 'talk-again', 'hold', 'talk-again'], rows: { Agent: 'some' } },
  { kind: 'recording pause', steps: ['recording-start', 'recording-pause', 'recording-resume'] },
  {
    kind: 'two recordings',
    steps: ['recording-start'],
    also: (task) => expect(task.recordings).toHaveLength(2),
  },
  {
    // More rows than one inner page of 25 shows; one Agent engagement all the same.
    kind: 'long and complex',
    steps: ['talk', 'hold', 'talk-again', 'hold', 'talk-again', 'hold'],
    also(task) {
      expect(task.beats.length).toBeGreaterThan(25)
      expect(factsOf(task, 'Agent')).toHaveLength(beatsOf(task, 'talk').length + beatsOf(task, 'three-way').length)
    },
  },
  {
    kind: 'chat with late transcript',
    steps: ['arrive'],
    also: (task) => expect(task.transcriptAt! - task.endedTime!).toBeGreaterThanOrEqual(300_000),
  },
  {
    kind: 'treatment in menu',
    steps: ['arrive', 'self-service', 'treatment', 'treatment-done'],
    rows: { Menu: 'some' },
  },
  {
    // Ruling 6: a Menu of its own, beneath which the wait goes on.
    kind: 'self-service in queue',
    steps: ['wait', 'self-service', 'self-service-done'],
    also(task) {
      const asked = task.beats.find((beat) => beat.kind === 'self-service' && beat.queue !== undefined)!
      standsOn(
        factsOf(task, 'Menu').find((fact) => fact.startTime === asked.start)!,
        asked,
        null,
      )
      const around = factsOf(task, 'Queue').find((fact) => fact.startTime < asked.start && fact.endTime! > asked.end!)
      expect(around?.queueId).toBe(asked.queue?.id)
    },
  },
]

/** A supervisor's ear makes no engagement (customer-journey-model §2.3-18). */
function listenedTo({ monitoring, beats }: TaskScript): void {
  const talk = beats.find((beat) => beat.kind === 'talk')!
  expect(monitoring!.start).toBeGreaterThanOrEqual(talk.start)
  expect(beats.filter((beat) => beat.start === monitoring!.start)).toEqual([])
  expect(monitoring!.supervisor).not.toBe(talk.seat?.agent)
}
