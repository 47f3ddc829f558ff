import { expect } from 'vitest'
import { factsOf, beatsOf, inTime, beginnings, one, offersMissedOf, standsOn } from './journeys.testing.ts'
import type { Expectation } from './journeys.testing.ts'

/** Transfers, consults and conferences. */
export const COLLEAGUE_JOURNEYS: readonly Expectation[] = [
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
    also: (task) => standsOn(one(factsOf(task, 'External')), beatsOf(task, 'under-way').at(-1)!, null),
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
    // Ruling 16.
    kind: 'consult unanswered',
    steps: ['talk', 'ask-colleague', 'hold', 'consult-failed', 'talk-again'],
    never: ['with-colleague'],
    rows: { Consult: 0 },
    also: (task) => expect(factsOf(task, 'Invitation')).toHaveLength(offersMissedOf(task).length),
  },
  {
    // Ruling 15: who was rung is no External, and no Invitation either when the caller left.
    kind: 'left during transfer',
    steps: ['talk', 'send-away', 'under-way', 'end'],
    rows: { External: 0 },
    also: (task) => expect(factsOf(task, 'Invitation')).toHaveLength(offersMissedOf(task).length),
  },
  {
    kind: 'customer leaves conference',
    steps: ['three-way', 'end'],
    never: ['three-way-over'],
    also: (task) => expect(one(beatsOf(task, 'three-way')).end).toBe(task.endedTime),
  },
]
