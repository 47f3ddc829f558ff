import { pickWrapUpCode, release } from './centre.ts'
import type { Centre } from './centre.ts'
import type { TalkPlan } from './contact-plan.ts'
import { occupy } from './floor.ts'
import type { Station } from './floor.ts'
import type { ServiceQueue } from './org.ts'
import type { EngagementFact, Leg, TaskScript } from './script.ts'
import { afterWork, endTask } from './tell.ts'

/** One agent with the customer, from `connected` until the agent leaves. */
export interface Conversation {
  readonly centre: Centre
  readonly task: TaskScript
  readonly station: Station
  readonly fact: EngagementFact
  readonly queue: ServiceQueue | undefined
  readonly leg: Leg | null
  readonly talk: TalkPlan
  /** A colleague, already reserved, goes on with the customer. */
  passTo(colleague: Station, nowMs: number): void
}

/** Customer and agent part, and the contact is over. */
export function finish(conversation: Conversation, now: number): void {
  const { task, talk } = conversation
  const isAgent = talk.closing === 'agent ends'
  leave(conversation, now)
  endTask(task, now, {
    type: talk.isSudden ? 'sudden_disconnect' : 'normal',
    by: isAgent ? 'Agent' : 'Customer',
    reason: isAgent ? 'Agent Left' : 'Customer Left',
    abandoned: null,
  })
}

/** The agent leaves the customer and works on alone. @param lagMs until the work begins: two who leave together need two, ids carry the moment */
export function leave({ centre, task, station, queue, fact, leg }: Conversation, now: number, lagMs = 1): void {
  fact.leftTime = now
  const code = pickWrapUpCode(centre, task.random)
  const until = afterWork(task, station.seat, queue, now + lagMs, code, fact)
  if (leg !== null) leg.end ??= now
  occupy(centre.floor, station, now, { state: 'after-work', task, queue, wrapUpCode: code })
  centre.events.plan(until, (at) => release(centre, station, at))
}
