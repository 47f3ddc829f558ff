import { tellWait } from './while-waiting.ts'
import { requestCallback } from './callback.ts'
import { release } from './centre.ts'
import type { Centre } from './centre.ts'
import { converse } from './conversation.ts'
import type { TalkPlan } from './contact-plan.ts'
import { occupy } from './floor.ts'
import type { Station } from './floor.ts'
import { goAbsent } from './no-answer.ts'
import { chooseOutcome, ringFor } from './offer-outcome.ts'
import type { ServiceQueue } from './org.ts'
import { EVERYBODY_AFTER_MS, findTaker } from './routing.ts'
import type { Beat, EngagementFact, Leg, TaskScript } from './script.ts'
import { beginLeg, endTask, engage, forgetStep, step } from './tell.ts'

/** One stay in one queue, from entering until an agent, the customer or the flow ends it. */
interface Stay {
  readonly task: TaskScript
  readonly queue: ServiceQueue
  readonly enteredAt: number
  readonly fact: EngagementFact
  readonly leg: Leg
  readonly talk: TalkPlan
  /** The first queue: from here the contact may overflow or ask for a callback. */
  readonly isFirst: boolean
  misses: number
  /** Agents who did not take it. */
  readonly refusedBy: Set<number>
  wait: Beat | null
  offer: Station | null
  /** A failed delivery keeps the contact for a moment before it can be offered again. */
  isHeldUp: boolean
  isOver: boolean
}

export interface WaitingRoom {
  readonly stays: Set<Stay>
}

/** @param startedAt when the customer's wait begins: a transfer to a queue counts from the moment the agent left */
export function enterQueue(
  centre: Centre,
  room: WaitingRoom,
  task: TaskScript,
  queue: ServiceQueue,
  now: number,
  talk: TalkPlan,
  options: { readonly startedAt?: number; readonly isFirst?: boolean } = {},
): void {
  const startedAt = options.startedAt ?? now
  const fact = engage(task, 'Queue', startedAt, { queueId: queue.id })
  const stay: Stay = {
    task,
    queue,
    fact,
    talk,
    enteredAt: now,
    leg: beginLeg(task, startedAt, queue),
    isFirst: options.isFirst ?? false,
    misses: 0,
    refusedBy: new Set(),
    wait: null,
    offer: null,
    isHeldUp: false,
    isOver: false,
  }
  centre.events.plan(now + task.plan.patienceMs, (at) => giveUp(centre, room, stay, at))
  centre.events.plan(now + EVERYBODY_AFTER_MS, (at) => serve(centre, room, stay, at))
  const { overflowAfterMs, callbackAfterMs } = task.plan
  if (stay.isFirst && overflowAfterMs !== null)
    centre.events.plan(now + overflowAfterMs, (at) => overflow(centre, room, stay, at))
  if (stay.isFirst && callbackAfterMs !== null)
    centre.events.plan(now + callbackAfterMs, (at) => askForCallback(centre, room, stay, at))
  serveOrWait(centre, room, stay, now)
}

/** First come, first served. */
export function serveWaiting(centre: Centre, room: WaitingRoom, now: number): void {
  for (const stay of room.stays) serve(centre, room, stay, now)
}

function serveOrWait(centre: Centre, room: WaitingRoom, stay: Stay, now: number): void {
  serve(centre, room, stay, now)
  if (stay.isOver || stay.offer !== null) return
  stay.wait = step(stay.task, { kind: 'wait', start: now, end: null, queue: stay.queue })
  room.stays.add(stay)
}

function serve(centre: Centre, room: WaitingRoom, stay: Stay, now: number): void {
  if (stay.isOver || stay.offer !== null || stay.isHeldUp || stay.task.plan.isUnservable) return
  const station = findTaker(centre, stay, now)
  if (station === null) return
  room.stays.delete(stay)
  offer(centre, room, stay, station, now)
}

function offer(centre: Centre, room: WaitingRoom, stay: Stay, station: Station, now: number): void {
  const { task, queue } = stay
  if (stay.wait?.start === now) forgetStep(task, stay.wait)
  else tellWait(task, stay.wait, now)
  stay.wait = null
  stay.offer = station
  step(task, { kind: 'offer', start: now, end: null, seat: station.seat, queue })
  occupy(centre.floor, station, now, { state: 'ringing', task, queue })
  const outcome = chooseOutcome(task, stay.misses)
  centre.events.plan(now + ringFor(task.random, outcome), (at) => {
    if (stay.isOver || stay.offer !== station) return
    switch (outcome) {
      case 'answer':
      case 'pick':
        return answer(centre, stay, station, at)
      case 'leave':
        return giveUp(centre, room, stay, at)
      case 'miss':
        return miss(centre, room, stay, station, now, at)
      case 'reject':
        return reject(centre, room, stay, station, now, at)
      case 'fail':
        return fail(centre, room, stay, station, now, at)
    }
  })
}

function answer(centre: Centre, stay: Stay, station: Station, now: number): void {
  const { task, leg } = stay
  stay.isOver = true
  stay.fact.endTime = now
  stay.fact.isAnswered = true
  leg.connectedAt = now
  leg.seat = station.seat
  task.kinds.add(task.beats.some((beat) => beat.kind === 'wait') ? 'answered after waiting' : 'answered at once')
  if (task.plan.isManual) task.kinds.add('manually assigned')
  converse(centre, task, station, now, { talk: stay.talk, queue: stay.queue, leg })
}

function miss(centre: Centre, room: WaitingRoom, stay: Stay, station: Station, since: number, now: number): void {
  const { task, queue } = stay
  task.kinds.add('missed')
  stay.misses++
  if (stay.misses >= 3) task.kinds.add('several misses')
  engage(task, 'Invitation', since, {
    agentId: station.live.agent.id,
    queueId: queue.id,
    endTime: now,
    result: 'missed',
  })
  goAbsent(centre, task, station, queue, now)
  passOn(centre, room, stay, station, now)
}

function reject(centre: Centre, room: WaitingRoom, stay: Stay, station: Station, since: number, now: number): void {
  stay.task.kinds.add('rejected')
  engage(stay.task, 'Invitation', since, {
    agentId: station.live.agent.id,
    queueId: stay.queue.id,
    endTime: now,
    result: 'rejected',
  })
  passOn(centre, room, stay, station, now)
  release(centre, station, now)
}

function fail(centre: Centre, room: WaitingRoom, stay: Stay, station: Station, since: number, now: number): void {
  const { task, queue } = stay
  task.kinds.add('offer failed')
  engage(task, 'Invitation', since, {
    agentId: station.live.agent.id,
    queueId: queue.id,
    endTime: now,
    result: 'failed',
  })
  step(task, {
    kind: 'offer-failed',
    start: now,
    end: null,
    seat: station.seat,
    queue,
    reason: 'Participant Invite Timer Expired',
  })
  stay.refusedBy.add(station.live.agent.index)
  stay.offer = null
  stay.isHeldUp = true
  centre.events.plan(now + task.random.between(700, 1800), (at) => {
    stay.isHeldUp = false
    if (!stay.isOver) serveOrWait(centre, room, stay, at)
  })
  release(centre, station, now)
}

function passOn(centre: Centre, room: WaitingRoom, stay: Stay, station: Station, now: number): void {
  stay.refusedBy.add(station.live.agent.index)
  stay.offer = null
  serveOrWait(centre, room, stay, now)
}

/** The customer's patience is over. Leaving while it rings makes no Invitation (customer-journey-model §2.3-7). */
function giveUp(centre: Centre, room: WaitingRoom, stay: Stay, now: number): void {
  if (stay.isOver) return
  const { task, offer: station } = stay
  if (station === null) tellWait(task, stay.wait, now)
  closeStay(room, stay, now, 'abandoned')
  if (task.channel === 'email' && station === null) {
    task.kinds.add('e-mail left in queue')
    return endTask(task, now, { type: 'abandoned', by: 'System', reason: 'Queue Timeout', abandoned: 'queue' })
  }
  const abandoned = station === null ? 'queue' : 'agent-connect'
  task.kinds.add(station === null ? 'abandoned in queue' : 'abandoned while ringing')
  endTask(task, now, { type: 'abandoned', by: 'Customer', reason: 'Customer Left', abandoned })
  if (station !== null) release(centre, station, now)
}

function overflow(centre: Centre, room: WaitingRoom, stay: Stay, now: number): void {
  if (stay.isOver || stay.offer !== null || stay.isHeldUp) return
  const { task } = stay
  const target = centre.pod.queues.find((queue) => queue.channel === task.channel && queue !== stay.queue)
  if (target === undefined) return
  const movedAt = now + task.random.between(20, 90)
  tellWait(task, stay.wait, now)
  task.kinds.add('overflow')
  closeStay(room, stay, movedAt, 'overflow')
  stay.leg.toQueue = target
  step(task, { kind: 'leave-queue', start: now, end: null, queue: stay.queue })
  centre.events.plan(movedAt, (at) => enterQueue(centre, room, task, target, at, stay.talk))
}

/** Courtesy callback: the queue keeps nothing of the wait that follows (customer-journey-model §2.3-12). */
function askForCallback(centre: Centre, room: WaitingRoom, stay: Stay, now: number): void {
  if (stay.isOver || stay.offer !== null || stay.isHeldUp) return
  const { task, queue, talk } = stay
  const askedAt = now + task.random.between(40, 120)
  tellWait(task, stay.wait, now)
  closeStay(room, stay, askedAt, 'dequeued')
  step(task, { kind: 'leave-queue', start: now, end: null, queue })
  centre.events.plan(askedAt, (at) => requestCallback(centre, task, { queue, type: 'Courtesy', talk }, at))
}

function closeStay(room: WaitingRoom, stay: Stay, at: number, handleType: Leg['handleType']): void {
  stay.isOver = true
  stay.offer = null
  room.stays.delete(stay)
  stay.fact.endTime = at
  stay.fact.isAnswered = false
  stay.leg.end = at
  stay.leg.handleType = handleType
}
