import type { Break } from './calendar.ts'
import type { EventQueue } from './event-queue.ts'
import { HOUR_MS } from './clock-units.ts'
import { free, isEntirelyFree, markSkills, logIn, logOut, setOwnState, stationOf } from './floor.ts'
import type { Floor, LiveAgent, Station } from './floor.ts'
import type { TalkPlan } from './contact-plan.ts'
import type { Agent, Channel, Named, Org, Pod, ServiceQueue } from './org.ts'
import type { Random } from './random.ts'
import type { TaskScript } from './script.ts'

/** Some agents get other skills in the second or third hour of a login. */
const SKILLS_CHANGE_AFTER_MS = HOUR_MS

/** What all life of one pod on one day shares. */
export interface Centre {
  readonly seed: number
  readonly org: Org
  readonly pod: Pod
  /** Names this pod's day among all streams of chance. */
  readonly key: string
  readonly events: EventQueue
  readonly floor: Floor
  readonly tasks: TaskScript[]
  /** Called when an agent may have become free: contacts that wait are offered. */
  serveWaiting(nowMs: number): void
  /** A contact comes (back) to a queue. @param startedAt from when the customer waits, epoch ms */
  sendToQueue(task: TaskScript, queue: ServiceQueue, nowMs: number, talk: TalkPlan, startedAt: number): void
}

export const idleCode = (centre: Centre, name: string): Named =>
  centre.org.idleCodes.find((code) => code.name === name)!
export const pickWrapUpCode = (centre: Centre, random: Random): Named =>
  random.pickWeighted(centre.org.wrapUpCodes.map((code, at) => [[60, 20, 10, 7, 3][at] ?? 1, code] as const))

const takesOffers = (live: LiveAgent) => live.session !== null && live.idleCode === null && live.wish === null

/**
 * The agent who has been free longest, of those with the fewest contacts who may be offered this one. The vendor's profile "Blended Real-time": calls
 * and chats exclude each other, e-mails and messages go beside either; only one contact rings at a time.
 */
export function findStation(centre: Centre, channel: Channel, isWanted: (live: LiveAgent) => boolean): Station | null {
  let best: LiveAgent | null = null
  let bestBusy = 0
  for (const live of centre.floor.agents) {
    if (!takesOffers(live)) continue
    const busy = contactsBeside(live, channel)
    if (
      busy === null ||
      (best !== null && (busy > bestBusy || (busy === bestBusy && live.freeSince >= best.freeSince)))
    )
      continue
    if (!isWanted(live)) continue
    best = live
    bestBusy = busy
  }
  return best === null ? null : stationOf(best, channel)
}

const EXCLUDED_BY: Readonly<Record<Channel, readonly Channel[]>> = {
  telephony: ['chat'],
  chat: ['telephony'],
  email: [],
  social_channel: [],
}

/** How many contacts the agent has; null when these, or the profile, leave no room for one of this channel. */
function contactsBeside({ slots }: LiveAgent, channel: Channel): number | null {
  const excluded = EXCLUDED_BY[channel]
  let hasRoom = false
  let busy = 0
  for (const slot of slots) {
    if (slot.busy === null) {
      hasRoom ||= slot.script.channel === channel
      continue
    }
    if (slot.busy !== 'Busy' || slot.isRinging || excluded.includes(slot.script.channel)) return null
    busy++
  }
  return hasRoom ? busy : null
}

/** Gives the slot back; whoever waits for hands or for an agent goes on. */
export function release(centre: Centre, station: Station, at: number): void {
  free(centre.floor, station, at)
  followWish(centre, station.live, at)
  centre.serveWaiting(at)
}

function followWish(centre: Centre, live: LiveAgent, at: number): void {
  const { wish } = live
  if (wish === null || !isEntirelyFree(live)) return
  live.wish = null
  if (wish.kind === 'log out') {
    logOut(centre.floor, live, at)
    if (wish.backAtMs !== null)
      centre.events.plan(Math.max(wish.backAtMs, at + 1000), (now) => arriveAtWork(centre, live, now))
    return
  }
  rest(centre, live, at, wish.code, wish.durationMs)
}

/** Now and then it is the supervisor who changes an agent's state: calls to a meeting, or back from an absence that nobody noticed. */
const CALLED_BY_SUPERVISOR: ReadonlySet<string> = new Set(['Meeting', 'RONA'])
const supervisorOf = ({ pod }: Centre, { agent }: LiveAgent): Agent =>
  pod.agents.find((other) => other !== agent) ?? agent

/** Idle for a while, then available again. */
export function rest(centre: Centre, live: LiveAgent, at: number, code: Named, durationMs: number): void {
  const isCalled = CALLED_BY_SUPERVISOR.has(code.name) && at % 3 === 0
  const supervisor = isCalled ? supervisorOf(centre, live) : undefined
  setOwnState(centre.floor, live, at, code, code.name === 'Meeting' ? supervisor : undefined)
  const { session } = live
  centre.events.plan(at + durationMs, (now) => {
    if (live.session !== session || live.idleCode !== code) return
    setOwnState(centre.floor, live, now, null, code.name === 'RONA' ? supervisor : undefined)
    followWish(centre, live, now)
    centre.serveWaiting(now)
  })
}

export function arriveAtWork(centre: Centre, live: LiveAgent, at: number): void {
  if (live.session !== null || at >= live.goesHomeAtMs) return
  logIn(centre.floor, live, at, idleCode(centre, 'Login'))
  rest(centre, live, at, idleCode(centre, 'Login'), 20_000 + (at % 60_000))
  const { session } = live
  if (at % 4 !== 0) return
  centre.events.plan(at + SKILLS_CHANGE_AFTER_MS + (at % HOUR_MS), (now) => {
    if (live.session === session) markSkills(live, now)
  })
}

export function wishBreak(centre: Centre, live: LiveAgent, at: number, pause: Break): void {
  if (live.session === null || live.wish !== null) return
  live.wish = pause.isLoggedOut
    ? { kind: 'log out', backAtMs: at + pause.durationMs }
    : { kind: 'break', code: idleCode(centre, pause.code), durationMs: pause.durationMs }
  followWish(centre, live, at)
}

export function wishHome(centre: Centre, live: LiveAgent, at: number): void {
  if (live.session === null) return
  live.wish = { kind: 'log out', backAtMs: null }
  followWish(centre, live, at)
}
