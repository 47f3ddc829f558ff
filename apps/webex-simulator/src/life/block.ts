import { arrivalKey, arrivalsOf, hoursOfLongestWatch } from './arrivals.ts'
import type { Arrival, ArrivalsOptions } from './arrivals.ts'
import { shiftOf } from './calendar.ts'
import { arriveAtWork, wishBreak, wishHome } from './centre.ts'
import type { Centre } from './centre.ts'
import { openChat } from './chat-script.ts'
import { HOUR_MS } from './clock-units.ts'
import { planContact } from './contact-plan.ts'
import { createEventQueue } from './event-queue.ts'
import { createFloor } from './floor.ts'
import type { LiveAgent, SessionIdOf } from './floor.ts'
import type { Org, Pod } from './org.ts'
import { outdial } from './outdial.ts'
import { enterQueue, serveWaiting } from './queueing.ts'
import type { WaitingRoom } from './queueing.ts'
import { randomFor } from './random.ts'
import type { SessionScript, StatusFact, TaskScript } from './script.ts'
import { beginTask, endTask, engage, step, tellFlow } from './tell.ts'

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
      centre.events.plan(arrival.atMs, () => arrive(centre, room, arrival, options))
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
  centre.events.plan(fromMs, (now) => arriveAtWork(centre, live, now))
  for (const pause of shift.breaks)
    if (pause.atMs > fromMs) centre.events.plan(pause.atMs, (now) => wishBreak(centre, live, now, pause))
  centre.events.plan(shift.toMs, (now) => wishHome(centre, live, now))
}

function arrive(centre: Centre, room: WaitingRoom, arrival: Arrival, { taskIdOf, lostRecordings }: BlockOptions): void {
  const { atMs } = arrival
  const key = arrivalKey(arrival)
  const random = randomFor(centre.seed, 'contact', key)
  const plan = planContact(random, lostRecordings)
  const doors = centre.pod.entryPoints.filter((door) => door.channel === plan.channel)
  const entryPoint = plan.isOutdial ? centre.org.outdialEntryPoint : random.pick(doors)
  const task = beginTask(taskIdOf(arrival), key, atMs, entryPoint, plan, random)
  centre.tasks.push(task)
  if (plan.isOutdial) return outdial(centre, task, atMs)
  step(task, { kind: 'arrive', start: atMs, end: null })
  if (plan.channel === 'chat') openChat(task)
  tellFlow(task, atMs, plan.menuMs)
  const menu = engage(task, 'Menu', atMs)
  const queue = random.pick(entryPoint.queues)
  centre.events.plan(atMs + plan.menuMs, (now) => {
    menu.endTime = now
    switch (plan.afterMenu) {
      case 'queue':
        return enterQueue(centre, room, task, queue, now, plan.talk, { canOverflow: true })
      case 'self-service':
        task.kinds.add('self-service only')
        return endTask(task, now, { type: 'normal', by: 'Customer', reason: 'Customer Left', abandoned: null })
      case 'gives up':
        task.kinds.add('abandoned in menu')
        return endTask(task, now, { type: 'abandoned', by: 'Customer', reason: 'Customer Left', abandoned: 'new' })
    }
  })
}
