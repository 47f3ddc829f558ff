import { release } from './centre.ts'
import { occupy, planStretch } from './floor.ts'
import type { Station } from './floor.ts'
import { finish, leave } from './parting.ts'
import type { Conversation } from './parting.ts'
import { aside, engage, step } from './tell.ts'

/** The customer is on hold while two agents talk (webex-cc-api §7.1-9); what the colleague does next is `how`. */
export function consult(
  conversation: Conversation,
  colleague: Station,
  how: 'consult and transfer' | 'consult and come back' | 'conference',
  now: number,
): void {
  const { centre, task, station, queue } = conversation
  const { random } = task
  const pair = { seat: station.seat, toSeat: colleague.seat, transferType: 'consult' }
  const answeredAt = now + random.between(1500, 7000)
  const doneAt = answeredAt + Math.max(6000, random.lognormalMs(35_000, 0.5))
  const heldAt = now + random.between(100, 200)
  aside(task, { kind: 'ask-colleague', start: now, end: answeredAt, ...pair })
  step(task, { kind: 'hold', start: heldAt, end: null, seat: station.seat, queue })
  planStretch(station, now, { state: 'consult-requested', task, queue })
  occupy(centre.floor, colleague, now, { state: 'consult-reserved', task })
  aside(task, { kind: 'with-colleague', start: answeredAt, end: doneAt, ...pair })
  engage(task, 'Consult', answeredAt, { agentId: colleague.live.agent.id, endTime: doneAt })
  centre.events.plan(answeredAt, (at) => {
    planStretch(station, at, { state: 'consulting', task, queue })
    occupy(centre.floor, colleague, at, { state: 'consult-answered', task })
  })
  centre.events.plan(doneAt, (at) => {
    if (how === 'consult and transfer') handOver(conversation, colleague, at)
    else if (how === 'conference') confer(conversation, colleague, at)
    else comeBack(conversation, colleague, at)
  })
}

/** The colleague does not take it: no Consult, and no Invitation, since nobody offered the customer (ruling 16). */
export function consultInVain(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station, queue } = conversation
  const { random } = task
  const pair = { seat: station.seat, toSeat: colleague.seat, transferType: 'consult' }
  const failedAt = now + random.between(6000, 16_000)
  const backAt = failedAt + random.between(500, 4000)
  aside(task, { kind: 'ask-colleague', start: now, end: failedAt, ...pair })
  step(task, { kind: 'hold', start: now + random.between(100, 200), end: null, seat: station.seat, queue })
  aside(task, { kind: 'consult-failed', start: failedAt, end: backAt, ...pair })
  planStretch(station, now, { state: 'consult-requested', task, queue })
  occupy(centre.floor, colleague, now, { state: 'consult-reserved', task })
  centre.events.plan(failedAt, (at) => {
    planStretch(station, at, { state: 'consult-failed', task, queue })
    release(centre, colleague, at)
    talkOn(conversation, backAt)
  })
}

export function comeBack(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station } = conversation
  const backAt = now + task.random.between(500, 4000)
  aside(task, { kind: 'colleague-gone', start: now, end: backAt, seat: station.seat, toSeat: colleague.seat })
  planStretch(station, now, { state: 'holding', task, queue: conversation.queue })
  release(centre, colleague, now)
  talkOn(conversation, backAt)
}

export function talkOn(conversation: Conversation, at: number): void {
  const { centre, task, station, queue } = conversation
  step(task, { kind: 'talk-again', start: at, end: null, seat: station.seat, queue })
  planStretch(station, at, { state: 'talking-again', task, queue })
  centre.events.plan(at + Math.max(5000, task.random.lognormalMs(50_000, 0.6)), (end) => finish(conversation, end))
}

export function handOver(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const where = { seat: station.seat, queue, toSeat: colleague.seat, transferType: 'consult' }
  step(task, { kind: 'hand-over', start: now, end: null, ...where })
  if (leg !== null) leg.toSeat = colleague.seat
  centre.events.plan(now + random.between(400, 900), (at) => {
    step(task, { kind: 'under-way', start: at, end: null, ...where })
    leave(conversation, at)
    centre.events.plan(at + random.between(3, 30), (connected) => conversation.passTo(colleague, connected))
  })
}

/** Three together; the colleague goes first, or all part at the end. */
function confer(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station, queue } = conversation
  const { random } = task
  const joinedAt = now + random.between(300, 900)
  const partedAt = joinedAt + Math.max(8000, random.lognormalMs(60_000, 0.5))
  const pair = { seat: station.seat, toSeat: colleague.seat }
  aside(task, { kind: 'join-colleague', start: now, end: joinedAt, ...pair })
  step(task, { kind: 'talk-again', start: joinedAt, end: null, seat: station.seat, queue })
  aside(task, { kind: 'three-way', start: joinedAt, end: partedAt, ...pair })
  const partner = {
    ...conversation,
    station: colleague,
    queue: undefined,
    leg: null,
    fact: engage(task, 'Agent', joinedAt, { agentId: colleague.live.agent.id }),
  }
  centre.events.plan(joinedAt, (at) => {
    planStretch(station, at, { state: 'three-way', task, queue })
    occupy(centre.floor, colleague, at, { state: 'three-way', task })
  })
  const goesFirst = random.chance(0.5)
  centre.events.plan(partedAt, (at) => {
    leave(partner, at, 2)
    if (!goesFirst) {
      task.kinds.add('customer leaves conference')
      return finish(conversation, at)
    }
    aside(task, { kind: 'three-way-over', start: at, end: at + random.between(300, 900), ...pair })
    planStretch(station, at, { state: 'talking-again', task, queue })
    centre.events.plan(at + Math.max(5000, random.lognormalMs(40_000, 0.6)), (end) => finish(conversation, end))
  })
}
