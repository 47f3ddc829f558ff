import { arrivalsOf, hoursOfLongestWatch } from './arrivals.ts'
import type { Arrival, ArrivalsOptions } from './arrivals.ts'
import { shiftOf } from './calendar.ts'
import { arriveAtWork, wishBreak, wishHome } from './centre.ts'
import type { Centre } from './centre.ts'
import { HOUR_MS } from './clock-units.ts'
import { createEventQueue } from './event-queue.ts'
import { createFloor } from './floor.ts'
import type { LiveAgent, SessionIdOf } from './floor.ts'
import { openContact } from './open-contact.ts'
import type { Org, Pod } from './org.ts'
import { enterQueue, serveWaiting } from './queueing.ts'
import type { WaitingRoom } from './queueing.ts'
import { randomFor } from './random.ts'
import type { SessionScript, StatusFact, TaskScript } from './script.ts'

export interface BlockOptions extends ArrivalsOptions {
  readonly org: Org
  /** Share of contacts whose recording never appears, 0 to 1. */
  readonly lostRecordings: number
  readonly taskIdOf: (arrival: Arrival) => string
  readonly sessionIdOf: (pod: Pod, watch: number) => SessionIdOf
}

/** Everything that happens at one pod to the contacts that arrive on one watch and in its shifts, to the very end. */
export interface Block {
  readonly pod: Pod
  readonly watch: number
  /** In the order in which they arrived. */
  readonly tasks: readonly TaskScript[]
  /** In the order in which they began. */
  readonly sessions: readonly SessionScript[]
  /** By agent id. */
  readonly statuses: ReadonlyMap<string, readonly StatusFact[]>
}

/** Lives one watch of one pod (ADR 13). Pure: equal options give equal blocks, whatever else was looked at. */
export function simulateBlock(options: BlockOptions, pod: Pod, watch: number): Block {
  const { seed, org, watches, openingMs } = options
  const room: WaitingRoom = { stays: new Set() }
  const centre: Centre = {
    seed,
    org,
    pod,
    key: `${pod.index}.${watch}`,
    events: createEventQueue(),
    floor: createFloor(pod, options.sessionIdOf(pod, watch)),
    tasks: [],
    serveWaiting: (now) => serveWaiting(centre, room, now),
    sendToQueue: (task, queue, now, talk, startedAt) => enterQueue(centre, room, task, queue, now, talk, { startedAt }),
  }
  if (watches.startOf(watch + 1) > openingMs)
    for (const live of centre.floor.agents) planShift(centre, live, watch, options)
  for (let hour = 0; hour < hoursOfLongestWatch(watches); hour++) {
    for (const arrival of arrivalsOf(options, pod.index, watch, hour)) {
      const opening = { id: options.taskIdOf(arrival), lostRecordings: options.lostRecordings }
      centre.events.plan(arrival.atMs, () => openContact(centre, room, arrival, opening))
    }
  }
  centre.events.runUntil(Number.POSITIVE_INFINITY)
  return { pod, watch, tasks: centre.tasks, sessions: centre.floor.sessions, statuses: centre.floor.statuses }
}

/** A shift that was under way when the centre opened begins with the opening. */
function planShift(centre: Centre, live: LiveAgent, watch: number, { seed, watches, openingMs }: BlockOptions): void {
  const { agent } = live
  const shift = shiftOf(seed, agent, watches, watch)
  if (shift === undefined || shift.toMs < openingMs + HOUR_MS) return
  const fromMs =
    shift.fromMs >= openingMs ? shift.fromMs : openingMs + randomFor(seed, 'opening', agent.id).between(0, 60_000)
  live.goesHomeAtMs = shift.toMs
  centre.events.plan(fromMs, (now) => arriveAtWork(centre, live, now))
  for (const pause of shift.breaks)
    if (pause.atMs > fromMs) centre.events.plan(pause.atMs, (now) => wishBreak(centre, live, now, pause))
  centre.events.plan(shift.toMs, (now) => wishHome(centre, live, now))
}
