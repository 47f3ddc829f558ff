import { findStation } from './centre.ts'
import type { Centre } from './centre.ts'
import { MINUTE_MS, SECOND_MS } from './clock-units.ts'
import type { TalkPlan } from './contact-plan.ts'
import { converse } from './conversation.ts'
import { occupy } from './floor.ts'
import type { Station } from './floor.ts'
import type { ServiceQueue } from './org.ts'
import type { Callback, TaskScript } from './script.ts'
import { beginLeg, closeTask, step } from './tell.ts'

interface Request {
  readonly queue: ServiceQueue
  readonly type: Callback['type']
  readonly talk: TalkPlan
}

/** Nobody free for so long: the callback is given up. */
const GIVEN_UP_AFTER_MS = 90 * MINUTE_MS
const TRY_EVERY_MS = 20 * SECOND_MS

/**
 * The customer leaves the line and is called back as soon as an agent is free (customer-journey-model §2.3-12, ruling 20: no second Queue row; the
 * ringing counts as the agent's invitation).
 */
export function requestCallback(centre: Centre, task: TaskScript, { queue, type, talk }: Request, now: number): void {
  const { random } = task
  const callback: Callback = {
    type,
    origin: type === 'Web' ? 'web' : 'IVR',
    requestedAt: now,
    queue,
    connectedAt: null,
    settledAt: null,
    isFailed: false,
    agent: null,
  }
  task.callback = callback
  step(task, { kind: 'opt-out', start: now, end: null, queue })
  const firstTryAt = now + random.between(20, 180) * SECOND_MS
  if (task.plan.isCallbackFailing) {
    centre.events.plan(firstTryAt, (at) => fail(centre, task, callback, at))
  } else centre.events.plan(firstTryAt, (at) => tryToCall(centre, task, callback, talk, at))
}

function tryToCall(centre: Centre, task: TaskScript, callback: Callback, talk: TalkPlan, now: number): void {
  const { queue } = callback
  const station = findStation(centre, 'telephony', ({ agent }) => agent.skills.includes(queue.skill))
  if (station !== null) return call(centre, task, callback, { talk, station }, now)
  if (now - callback.requestedAt > GIVEN_UP_AFTER_MS) return fail(centre, task, callback, now)
  centre.events.plan(now + TRY_EVERY_MS, (at) => tryToCall(centre, task, callback, talk, at))
}

function call(
  centre: Centre,
  task: TaskScript,
  callback: Callback,
  { talk, station }: { readonly talk: TalkPlan; readonly station: Station },
  now: number,
): void {
  const { queue } = callback
  step(task, { kind: 'offer', start: now, end: null, seat: station.seat, queue })
  occupy(centre.floor, station, now, { state: 'ringing', task, queue })
  centre.events.plan(now + task.random.between(5 * SECOND_MS, 25 * SECOND_MS), (at) => {
    const leg = beginLeg(task, now, queue)
    leg.connectedAt = at
    leg.seat = station.seat
    callback.connectedAt = at
    callback.settledAt = at
    callback.agent = station.live.agent
    task.kinds.add('callback answered')
    converse(centre, task, station, at, { talk, queue, leg })
  })
}

/** `callbackFailed` ends the contact; nobody abandoned it (ruling 21, golden vector G13). */
function fail(centre: Centre, task: TaskScript, callback: Callback, now: number): void {
  const end = now + task.random.between(30 * SECOND_MS, 4 * MINUTE_MS)
  task.kinds.add('callback failed')
  step(task, { kind: 'callback-failed', start: now, end, queue: callback.queue })
  centre.events.plan(end, (at) => {
    callback.settledAt = at
    callback.isFailed = true
    closeTask(task, at, { type: 'normal', by: 'System', reason: 'NO_ANSWER_FROM_CUSTOMER', abandoned: null })
  })
}
