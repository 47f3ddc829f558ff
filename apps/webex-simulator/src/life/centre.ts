import type { Break } from './calendar.ts'
import type { EventQueue } from './event-queue.ts'
import { free, isEntirelyFree, logIn, logOut, setOwnState, stationOf } from './floor.ts'
import type { Floor, LiveAgent, Station } from './floor.ts'
import type { TalkPlan } from './contact-plan.ts'
import type { Channel, Named, Org, Pod, ServiceQueue } from './org.ts'
import type { Random } from './random.ts'
import type { TaskScript } from './script.ts'

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
 * The agent who has been free longest, of those who may be offered this contact. One call, or up to two chats, at a time (the vendor's profile
 * "Blended Real-time"), and only one of them ringing.
 */
export function findStation(centre: Centre, channel: Channel, isWanted: (live: LiveAgent) => boolean): Station | null {
  let best: LiveAgent | null = null
  let bestBusy = 0
  for (const live of centre.floor.agents) {
    if (!takesOffers(live) || !isWanted(live)) continue
    const busy = live.slots.filter((slot) => slot.busy !== null).length
    const isOpen =
      busy === 0 ||
      (channel === 'chat' &&
        live.slots.every(
          (slot) => slot.busy === null || (slot.script.channel === 'chat' && slot.busy === 'Busy' && !slot.isRinging),
        ))
    if (!isOpen || stationOf(live, channel) === null) continue
    if (best === null || busy < bestBusy || (busy === bestBusy && live.freeSince < best.freeSince)) {
      best = live
      bestBusy = busy
    }
  }
  return best === null ? null : stationOf(best, channel)
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

/** Idle for a while, then available again. */
export function rest(centre: Centre, live: LiveAgent, at: number, code: Named, durationMs: number): void {
  setOwnState(centre.floor, live, at, code)
  const { session } = live
  centre.events.plan(at + durationMs, (now) => {
    if (live.session !== session || live.idleCode !== code) return
    setOwnState(centre.floor, live, now, null)
    followWish(centre, live, now)
    centre.serveWaiting(now)
  })
}

export function arriveAtWork(centre: Centre, live: LiveAgent, at: number): void {
  if (live.session !== null) return
  logIn(centre.floor, live, at, idleCode(centre, 'Login'))
  rest(centre, live, at, idleCode(centre, 'Login'), 20_000 + (at % 60_000))
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
