import { planSecondTalk } from './contact-plan.ts'
import { occupy } from './floor.ts'
import type { Station } from './floor.ts'
import { leave } from './parting.ts'
import type { Conversation } from './parting.ts'
import { endTask, engage, step } from './tell.ts'

/** The agent left at `vt-transfer`; the second queue counts from there (rulings 1, golden vector G7). */
export function transferToQueue(conversation: Conversation, now: number): void {
  const { centre, task, station, queue, leg } = conversation
  const { random } = task
  const target = centre.pod.queues.find((other) => other.channel === task.channel && other !== queue)!
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
