import { findStation, pickWrapUpCode, release } from './centre.ts'
import type { Centre } from './centre.ts'
import { MINUTE_MS } from './clock-units.ts'
import { converse } from './conversation.ts'
import { isEntirelyFree, occupy } from './floor.ts'
import type { Station } from './floor.ts'
import type { TaskScript } from './script.ts'
import { afterWork, beginLeg, endTask, step } from './tell.ts'

const TRIES = 5

/** An agent calls a customer as soon as one has the time; nobody free for ten minutes means the call is not made. */
export function outdial(centre: Centre, task: TaskScript, now: number, tries = TRIES): void {
  const station = findStation(centre, 'telephony', isEntirelyFree)
  if (task.track === null) step(task, { kind: 'arrive', start: now, end: null, seat: station?.seat })
  if (station !== null) return dial(centre, task, station, now)
  if (tries > 1) centre.events.plan(now + 2 * MINUTE_MS, (at) => outdial(centre, task, at, tries - 1))
  else {
    task.kinds.add('outdial unanswered')
    endTask(task, now, { type: 'normal', by: 'System', reason: 'System AdmitFailed', abandoned: null })
  }
}

function dial(centre: Centre, task: TaskScript, station: Station, now: number): void {
  const { seat } = station
  const { random } = task
  occupy(centre.floor, station, now, { state: 'ringing', task })
  const leg = beginLeg(task, now, null)
  leg.seat = seat
  const isAnswered = random.chance(0.7)
  const ringsAt = now + random.between(200, 800)
  const ringMs = isAnswered ? random.between(4000, 18_000) : random.between(18_000, 35_000)
  // Ringing of an outdial is the same step as an offer (ruling 18).
  step(task, { kind: 'offer', start: ringsAt, end: null, seat })
  centre.events.plan(ringsAt + ringMs, (at) => {
    if (isAnswered) {
      task.kinds.add('outdial answered')
      leg.connectedAt = at
      return converse(centre, task, station, at, { talk: task.plan.talk, leg })
    }
    task.kinds.add('outdial unanswered')
    const code = random.chance(0.5) ? pickWrapUpCode(centre, random) : null
    const until = code === null ? null : afterWork(task, seat, undefined, at + 1, code, null)
    endTask(task, at, { type: 'normal', by: 'System', reason: 'NO_ANSWER_FROM_CUSTOMER', abandoned: null })
    if (code === null || until === null) return release(centre, station, at)
    occupy(centre.floor, station, at, { state: 'after-work', task, wrapUpCode: code })
    centre.events.plan(until, (end) => release(centre, station, end))
  })
}
