/** Consults that ask for no particular colleague: a queue, an entry point, an outside number (webex-cc-api §7.1-9, rulings 12 and 16). */
import { findStation, release } from './centre.ts'
import { comeBack, handOver, talkOn } from './consult.ts'
import { isEntirelyFree, occupy, planStretch } from './floor.ts'
import type { Station } from './floor.ts'
import { finish } from './parting.ts'
import type { Conversation } from './parting.ts'
import { uuidFor } from './random.ts'
import { aside, engage, step } from './tell.ts'

function findInQueue({ centre, station }: Conversation, skill: string): Station | null {
  return findStation(
    centre,
    'telephony',
    (live) => live !== station.live && isEntirelyFree(live) && live.agent.skills.includes(skill),
  )
}

const otherVoiceQueue = ({ centre, queue }: Conversation) =>
  centre.pod.queues.find((other) => other.channel === 'telephony' && other !== queue)!

/** Golden vector G9: the consulted agent's part runs from `ctq-accepted`. */
export function consultQueue(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, talk } = conversation
  const { random } = task
  const toQueue = otherVoiceQueue(conversation)
  const colleague = findInQueue(conversation, toQueue.skill)
  if (colleague === null) return finish(conversation, now)
  task.kinds.add(
    talk.closing === 'consult to queue and transfer'
      ? 'consult to queue and transfer'
      : 'consult to queue and come back',
  )
  const pair = { seat: station.seat, toSeat: colleague.seat, toQueue, transferType: 'consult' }
  const acceptedAt = now + random.between(1500, 7000)
  const talkingAt = acceptedAt + random.between(400, 900)
  const doneAt = talkingAt + Math.max(6000, random.lognormalMs(30_000, 0.5))
  aside(task, { kind: 'ask-queue', start: now, end: acceptedAt, seat: station.seat, toQueue, transferType: 'consult' })
  step(task, { kind: 'hold', start: now + random.between(100, 200), end: null, seat: station.seat, queue })
  planStretch(station, now, { state: 'queue-consult-requested', task, queue })
  occupy(centre.floor, colleague, now, { state: 'queue-consult-reserved', task, queue: toQueue })
  aside(task, { kind: 'queue-colleague', start: acceptedAt, end: doneAt, ...pair })
  aside(task, { kind: 'with-colleague', start: talkingAt, end: doneAt, ...pair })
  engage(task, 'Consult', acceptedAt, { agentId: colleague.live.agent.id, queueId: toQueue.id, endTime: doneAt })
  centre.events.plan(acceptedAt, (at) => {
    planStretch(station, at, { state: 'consulting', task, queue })
    occupy(centre.floor, colleague, at, { state: 'queue-consult-answered', task, queue: toQueue })
  })
  centre.events.plan(doneAt, (at) => {
    if (talk.closing === 'consult to queue and transfer') handOver(conversation, colleague, at)
    else comeBack(conversation, colleague, at)
  })
}

/** Golden vector G10: a child contact inside the parent's rows; only its `connected` is the Consult. */
export function consultEntryPoint(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, talk } = conversation
  const { random } = task
  const doors = centre.pod.entryPoints.filter((door) => door.channel === 'telephony')
  const toEntryPoint = random.pick(doors)
  const childQueue = toEntryPoint.queues[0]!
  const candidate = findInQueue(conversation, childQueue.skill)
  const colleague = talk.closing === 'consult to entry point' ? candidate : null
  const childId = uuidFor(task.id, 'child', now)
  const asking = { seat: station.seat, toEntryPoint, childId, transferType: 'consult' }
  const child = { childId, queue: childQueue }
  const arrivedAt = now + random.between(600, 1500)
  const routedAt = arrivedAt + random.between(900, 2500)
  aside(task, { kind: 'ask-colleague', start: now, end: arrivedAt, ...asking })
  step(task, { kind: 'hold', start: now + random.between(100, 200), end: null, seat: station.seat, queue })
  planStretch(station, now, { state: 'consult-requested', task, queue, isViaEntryPoint: true })
  aside(task, { kind: 'child-arrive', start: arrivedAt, end: routedAt, childId })
  if (colleague === null) {
    task.kinds.add('consult to entry point unanswered')
    // Rung in vain and back in the child's queue; the customer was offered to nobody (ruling 16).
    const waitsAt = candidate === null ? routedAt : routedAt + random.between(1100, 9000)
    const doneAt = waitsAt + random.between(8000, 40_000)
    aside(task, { kind: 'with-colleague', start: arrivedAt, end: doneAt, ...asking })
    if (candidate !== null) {
      aside(task, { kind: 'child-offer', start: routedAt, end: waitsAt, seat: candidate.seat, ...child })
      occupy(centre.floor, candidate, now, {
        state: 'consult-reserved',
        task,
        queue: childQueue,
        isViaEntryPoint: true,
      })
      centre.events.plan(waitsAt, (at) => release(centre, candidate, at))
    }
    aside(task, { kind: 'child-wait', start: waitsAt, end: doneAt, ...child })
    aside(task, { kind: 'child-end', start: doneAt, end: doneAt, childId })
    centre.events.plan(arrivedAt, (at) =>
      planStretch(station, at, { state: 'consulting', task, queue, isViaEntryPoint: true }),
    )
    centre.events.plan(doneAt, (at) => backAlone(conversation, at))
    return
  }
  task.kinds.add('consult to entry point')
  const answeredAt = routedAt + random.between(2000, 9000)
  const doneAt = answeredAt + Math.max(6000, random.lognormalMs(35_000, 0.5))
  aside(task, { kind: 'with-colleague', start: arrivedAt, end: doneAt, ...asking })
  aside(task, { kind: 'child-offer', start: routedAt, end: answeredAt, seat: colleague.seat, ...child })
  aside(task, { kind: 'child-talk', start: answeredAt, end: doneAt, seat: colleague.seat, ...child })
  aside(task, { kind: 'child-end', start: doneAt, end: doneAt, childId })
  engage(task, 'Consult', answeredAt, { agentId: colleague.live.agent.id, queueId: childQueue.id, endTime: doneAt })
  occupy(centre.floor, colleague, now, { state: 'consult-reserved', task, queue: childQueue, isViaEntryPoint: true })
  centre.events.plan(answeredAt, (at) => {
    planStretch(station, at, { state: 'consulting', task, queue, isViaEntryPoint: true })
    occupy(centre.floor, colleague, at, { state: 'consult-answered', task, queue: childQueue, isViaEntryPoint: true })
  })
  centre.events.plan(doneAt, (at) => {
    release(centre, colleague, at)
    backAlone(conversation, at)
  })
}

/** An outside number makes no Consult row: the asker's consult time has it (ruling 12). */
export function consultNumber(conversation: Conversation, now: number): void {
  const { centre, task, station, queue } = conversation
  const { random } = task
  const toNumber = `1312555${random.between(9100, 9199)}`
  const asking = { seat: station.seat, toNumber, transferType: 'consult' }
  const answeredAt = now + random.between(3000, 12_000)
  const doneAt = answeredAt + Math.max(6000, random.lognormalMs(35_000, 0.5))
  task.kinds.add('consult to number')
  aside(task, { kind: 'ask-colleague', start: now, end: answeredAt, ...asking })
  step(task, { kind: 'hold', start: now + random.between(100, 200), end: null, seat: station.seat, queue })
  planStretch(station, now, { state: 'consult-requested', task, queue })
  aside(task, { kind: 'with-colleague', start: answeredAt, end: doneAt, ...asking })
  centre.events.plan(answeredAt, (at) => planStretch(station, at, { state: 'consulting', task, queue }))
  centre.events.plan(doneAt, (at) => backAlone(conversation, at))
}

/** Whoever was asked is gone; the customer comes off hold. */
function backAlone(conversation: Conversation, now: number): void {
  const { task, station, queue } = conversation
  const backAt = now + task.random.between(500, 4000)
  aside(task, { kind: 'colleague-gone', start: now, end: backAt, seat: station.seat })
  planStretch(station, now, { state: 'holding', task, queue })
  talkOn(conversation, backAt)
}
