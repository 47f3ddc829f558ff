import { release } from './centre.ts'
import { planSecondTalk } from './contact-plan.ts'
import { occupy } from './floor.ts'
import type { Station } from './floor.ts'
import { finish, leave } from './parting.ts'
import type { Conversation } from './parting.ts'
import { goAbsent, RONA_TIMEOUT_MS } from './no-answer.ts'
import { aside, beginMenu, endTask, engage, step } from './tell.ts'

/** The agent left at `vt-transfer`; the second queue counts from there (rulings 1, golden vector G7). */
export function transferToQueue(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const target = centre.pod.queues.find((other) => other.channel === task.channel && other !== queue)
  if (target === undefined) return finish(conversation, now)
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

export function transferToNumber(conversation: Conversation, now: number): void {
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

export function transferToAgent(conversation: Conversation, colleague: Station, now: number): void {
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
    centre.events.plan(at + random.between(2000, 11_000), (answered) => conversation.passTo(colleague, answered))
  })
}

/** The agent sends the customer back into a flow: a Menu that begins when the agent has left (ruling 8), then a queue. */
export function transferToEntryPoint(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const toEntryPoint = random.pick(centre.pod.entryPoints.filter((door) => door.channel === 'telephony'))
  const target = toEntryPoint.queues[0]!
  const leftAt = now + random.between(500, 1100)
  const where = { seat: station.seat, queue, toEntryPoint, transferType: 'blind' }
  task.kinds.add('transfer to entry point')
  step(task, { kind: 'send-away', start: now, end: null, ...where })
  centre.events.plan(leftAt, (at) => {
    step(task, { kind: 'under-way', start: at, end: null, ...where })
    if (leg !== null) {
      leg.handleType = 'straight_transfer'
      leg.toQueue = target
    }
    leave(conversation, at)
    const menu = beginMenu(task, at, 'after_transfer')
    step(task, { kind: 'self-service', start: at + 2, end: null })
    const enteredAt = at + random.between(4000, 25_000)
    aside(task, { kind: 'self-service-done', start: enteredAt, end: enteredAt })
    centre.events.plan(enteredAt, (entered) => {
      menu.endTime = entered
      centre.sendToQueue(task, target, entered, planSecondTalk(random, task.channel), entered)
    })
  })
}

/** The target does not pick up: an Invitation, and the system ends the call; nothing but the agent's leaving where the customer is quicker (ruling 15). */
export function transferToAbsentAgent(conversation: Conversation, colleague: Station, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const leftAt = now + random.between(500, 1100)
  const where = { seat: station.seat, queue, toSeat: colleague.seat, transferType: 'blind' }
  const isLeftByCustomer = conversation.talk.closing === 'left during transfer'
  task.kinds.add(isLeftByCustomer ? 'left during transfer' : 'blind transfer unanswered')
  step(task, { kind: 'send-away', start: now, end: null, ...where })
  occupy(centre.floor, colleague, now, { state: 'ringing', task })
  if (leg !== null) leg.toSeat = colleague.seat
  centre.events.plan(leftAt, (at) => {
    step(task, { kind: 'under-way', start: at, end: null, ...where })
    leave(conversation, at)
    if (isLeftByCustomer) {
      centre.events.plan(at + random.between(2500, 12_000), (end) => {
        endTask(task, end, { type: 'normal', by: 'Customer', reason: 'Customer Left', abandoned: null })
        release(centre, colleague, end)
      })
      return
    }
    centre.events.plan(at + RONA_TIMEOUT_MS + random.between(50, 1500), (end) => {
      const agentId = colleague.live.agent.id
      engage(task, 'Invitation', at, { agentId, queueId: queue?.id, endTime: end, result: 'missed' })
      endTask(task, end, { type: 'normal', by: 'System', reason: 'RONA Timer Expired', abandoned: null })
      goAbsent(centre, task, colleague, queue, end)
    })
  })
}
