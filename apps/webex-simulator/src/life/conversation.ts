import { findStation, pickWrapUpCode, release } from './centre.ts'
import type { Centre } from './centre.ts'
import { planSecondTalk } from './contact-plan.ts'
import type { TalkPlan } from './contact-plan.ts'
import { isEntirelyFree, occupy, planStretch } from './floor.ts'
import type { Station } from './floor.ts'
import type { ServiceQueue } from './org.ts'
import type { EngagementFact, Leg, TaskScript } from './script.ts'
import { afterWork, aside, endTask, engage, step } from './tell.ts'

/** One agent with the customer, from `connected` until the agent leaves. */
interface Conversation {
  readonly centre: Centre
  readonly task: TaskScript
  readonly station: Station
  readonly fact: EngagementFact
  readonly queue: ServiceQueue | undefined
  readonly leg: Leg | null
  readonly talk: TalkPlan
}

export function converse(
  centre: Centre,
  task: TaskScript,
  station: Station,
  now: number,
  how: { readonly talk: TalkPlan; readonly queue?: ServiceQueue | undefined; readonly leg: Leg | null },
): void {
  const { talk, queue, leg } = how
  const { seat } = station
  const fact = engage(task, 'Agent', now, { agentId: station.live.agent.id, queueId: queue?.id })
  step(task, { kind: 'talk', start: now, end: null, seat, queue })
  occupy(centre.floor, station, now, { state: 'talking', task, queue })
  const conversation = { centre, task, station, fact, queue, leg, talk }
  if (task.channel === 'telephony') record(conversation, now)
  centre.events.plan(planHolds(conversation, now) + talk.lastTalkMs, (at) => close(conversation, at))
}

/** Holds concern nobody but the two, so they are told ahead. @returns when the last talk begins */
function planHolds({ task, station, queue, talk }: Conversation, from: number): number {
  let at = from
  for (const { talkMs, holdMs } of talk.holds) {
    at += talkMs
    step(task, { kind: 'hold', start: at, end: null, seat: station.seat, queue })
    planStretch(station, at, { state: 'holding', task, queue })
    at += holdMs
    step(task, { kind: 'talk-again', start: at, end: null, seat: station.seat, queue })
    planStretch(station, at, { state: 'talking-again', task, queue })
  }
  if (talk.holds.length > 0) task.kinds.add(talk.holds.length > 1 ? 'several holds' : 'hold')
  if (talk.isLong) task.kinds.add('long and complex')
  return at
}

/** The first conversation is recorded, in short parts (seconds, so that a day's audio stays small); later ones only note the start. */
function record({ task, station, queue, talk }: Conversation, now: number): void {
  const { random } = task
  const startedAt = now + random.between(60, 400)
  aside(task, { kind: 'recording-start', start: startedAt, end: startedAt, seat: station.seat, queue })
  if (task.recordings.length > 0) return
  const parts = task.plan.recordedParts
  let start = startedAt
  for (let part = 0; part < parts; part++) {
    const stop = start + (parts === 2 ? random.between(2000, 3000) : random.between(2000, 4900))
    task.recordings.push({ start, stop, readyAt: null })
    start = stop + random.between(100, 600)
  }
  if (parts === 2) task.kinds.add('two recordings')
  if (!talk.isRecordingPaused) return
  // After the recorded parts, within the shortest talk there is.
  const pausedAt = start
  const resumedAt = pausedAt + random.between(1500, 3500)
  aside(task, { kind: 'recording-pause', start: pausedAt, end: resumedAt, seat: station.seat, queue })
  aside(task, { kind: 'recording-resume', start: resumedAt, end: resumedAt, seat: station.seat, queue })
  task.kinds.add('recording pause')
}

/** A target that nobody can take makes the conversation end in the ordinary way. */
function close(conversation: Conversation, now: number): void {
  const { task, talk } = conversation
  switch (talk.closing) {
    case 'customer leaves':
    case 'agent ends':
      return finish(conversation, now)
    case 'transfer to queue':
      return transferToQueue(conversation, now)
    case 'transfer to number':
      return transferToNumber(conversation, now)
    case 'transfer to agent': {
      const colleague = findColleague(conversation)
      return colleague === null ? finish(conversation, now) : transferToAgent(conversation, colleague, now)
    }
    case 'consult and transfer':
    case 'consult and come back':
    case 'conference': {
      const colleague = findColleague(conversation)
      if (colleague === null) return finish(conversation, now)
      task.kinds.add(talk.closing)
      return consult(conversation, colleague, talk.closing, now)
    }
  }
}

function findColleague({ centre, station }: Conversation): Station | null {
  return findStation(centre, 'telephony', (live) => live !== station.live && isEntirelyFree(live))
}

function finish(conversation: Conversation, now: number): void {
  const { task, talk } = conversation
  const isAgent = talk.closing === 'agent ends'
  leave(conversation, now)
  endTask(task, now, {
    type: 'normal',
    by: isAgent ? 'Agent' : 'Customer',
    reason: isAgent ? 'Agent Left' : 'Customer Left',
    abandoned: null,
  })
}

/** The agent leaves the customer and works on alone. @param lagMs until the work begins: two who leave together need two, ids carry the moment */
function leave({ centre, task, station, queue, fact, leg }: Conversation, now: number, lagMs = 1): void {
  const code = pickWrapUpCode(centre, task.random)
  const until = afterWork(task, station.seat, queue, now + lagMs, code, fact)
  if (leg !== null) leg.end ??= now
  occupy(centre.floor, station, now, { state: 'after-work', task, queue, wrapUpCode: code })
  centre.events.plan(until, (at) => release(centre, station, at))
}

/** The agent left at `vt-transfer`; the second queue counts from there (rulings 1, golden vector G7). */
function transferToQueue(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const target = centre.org.queues.find((other) => other.channel === task.channel && other !== queue)!
  const leftAt = now + random.between(30, 90)
  step(task, { kind: 'leave-queue', start: now, end: null, seat: station.seat, queue })
  centre.events.plan(leftAt, (at) => {
    step(task, {
      kind: 'send-to-queue',
      start: at,
      end: null,
      seat: station.seat,
      queue,
      toQueue: target,
      transferType: 'queue',
    })
    task.kinds.add('transfer to queue')
    if (leg !== null) {
      leg.handleType = 'park_and_transfer'
      leg.toQueue = target
    }
    leave(conversation, at)
    centre.events.plan(at + random.between(600, 2000), (entered) =>
      centre.sendToQueue(task, target, entered, planSecondTalk(random, task.channel), at),
    )
  })
}

function transferToNumber(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const leftAt = now + random.between(500, 1100)
  const toNumber = `1312555${random.between(9000, 9099)}`
  task.kinds.add('transfer to number')
  step(task, { kind: 'send-away', start: now, end: null, seat: station.seat, queue, toNumber, transferType: 'blind' })
  centre.events.plan(leftAt, (at) => {
    step(task, { kind: 'under-way', start: at, end: null, seat: station.seat, queue, toNumber, transferType: 'blind' })
    if (leg !== null) leg.handleType = 'TransferToDN'
    leave(conversation, at)
    const outside = engage(task, 'External', at)
    centre.events.plan(at + Math.max(4000, random.lognormalMs(90_000, 0.7)), (end) => {
      outside.endTime = end
      endTask(task, end, { type: 'normal', by: 'Customer', reason: 'Customer Left', abandoned: null })
    })
  })
}

function transferToAgent(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const leftAt = now + random.between(500, 1100)
  task.kinds.add('transfer to agent')
  const where = { seat: station.seat, queue, toSeat: colleague.seat, transferType: 'blind' }
  step(task, { kind: 'send-away', start: now, end: null, ...where })
  occupy(centre.floor, colleague, now, { state: 'ringing', task })
  if (leg !== null) leg.toSeat = colleague.seat
  centre.events.plan(leftAt, (at) => {
    step(task, { kind: 'under-way', start: at, end: null, ...where })
    leave(conversation, at)
    centre.events.plan(at + random.between(2000, 11_000), (answered) =>
      converse(centre, task, colleague, answered, { talk: planSecondTalk(random, 'telephony'), leg: null }),
    )
  })
}

/** The customer is on hold while two agents talk (webex-cc-api §7.1-9); what the colleague does next is `how`. */
function consult(
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

function comeBack(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station } = conversation
  const backAt = now + task.random.between(500, 4000)
  aside(task, { kind: 'colleague-gone', start: now, end: backAt, seat: station.seat, toSeat: colleague.seat })
  planStretch(station, now, { state: 'holding', task, queue: conversation.queue })
  release(centre, colleague, now)
  talkOn(conversation, backAt)
}

function talkOn(conversation: Conversation, at: number): void {
  const { centre, task, station, queue } = conversation
  step(task, { kind: 'talk-again', start: at, end: null, seat: station.seat, queue })
  planStretch(station, at, { state: 'talking-again', task, queue })
  centre.events.plan(at + Math.max(5000, task.random.lognormalMs(50_000, 0.6)), (end) => finish(conversation, end))
}

function handOver(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const where = { seat: station.seat, queue, toSeat: colleague.seat, transferType: 'consult' }
  step(task, { kind: 'hand-over', start: now, end: null, ...where })
  if (leg !== null) leg.toSeat = colleague.seat
  centre.events.plan(now + random.between(400, 900), (at) => {
    step(task, { kind: 'under-way', start: at, end: null, ...where })
    leave(conversation, at)
    centre.events.plan(at + random.between(3, 30), (connected) =>
      converse(centre, task, colleague, connected, { talk: planSecondTalk(random, 'telephony'), leg: null }),
    )
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
    if (!goesFirst) return finish(conversation, at)
    aside(task, { kind: 'three-way-over', start: at, end: at + random.between(300, 900), ...pair })
    planStretch(station, at, { state: 'talking-again', task, queue })
    centre.events.plan(at + Math.max(5000, random.lognormalMs(40_000, 0.6)), (end) => finish(conversation, end))
  })
}
