import { arrivalsOf } from './arrivals.ts'
import type { Arrival } from './arrivals.ts'
import { DAY_MS, HOUR_MS, shiftOf } from './calendar.ts'
import { arriveAtWork, wishBreak, wishHome } from './centre.ts'
import type { Centre } from './centre.ts'
import { openChat } from './chat-script.ts'
import { planContact } from './contact-plan.ts'
import { createEventQueue } from './event-queue.ts'
import { createFloor } from './floor.ts'
import type { LiveAgent } from './floor.ts'
import type { Org } from './org.ts'
import { outdial } from './outdial.ts'
import { enterQueue, serveWaiting } from './queueing.ts'
import type { WaitingRoom } from './queueing.ts'
import { randomFor, uuidFor } from './random.ts'
import type { SessionScript, StatusFact, TaskScript } from './script.ts'
import { beginTask, endTask, engage, step, tellFlow } from './tell.ts'

interface LifeOptions {
  readonly seed: number
  readonly org: Org
  readonly tasksPerDay: number
  /** Share of contacts whose recording never appears, 0 to 1. */
  readonly lostRecordings: number
  /** The centre opens: nobody is logged in and nobody has called before. Epoch ms. */
  readonly openingMs: number
}

/** A contact centre that lives up to any moment it is asked for; what has happened never changes again. */
export interface Life {
  /** In the order in which they began. */
  readonly tasks: readonly TaskScript[]
  readonly sessions: readonly SessionScript[]
  readonly statuses: ReadonlyMap<string, readonly StatusFact[]>
  liveUntil(ms: number): void
}

export function createLife({ seed, org, tasksPerDay, lostRecordings, openingMs }: LifeOptions): Life {
  const room: WaitingRoom = { stays: new Set() }
  const centre: Centre = {
    seed,
    org,
    events: createEventQueue(),
    floor: createFloor(org),
    tasks: [],
    serveWaiting: (now) => serveWaiting(centre, room, now),
    sendToQueue: (task, queue, now, talk, startedAt) => enterQueue(centre, room, task, queue, now, talk, { startedAt }),
  }
  const { events } = centre

  const planDay = (day: number) => {
    for (const live of centre.floor.agents) planShift(centre, live, day, openingMs)
  }
  const beginDay = (day: number) => {
    planDay(day)
    events.plan((day + 1) * DAY_MS, () => beginDay(day + 1))
  }
  const beginHour = (hour: number) => {
    for (const arrival of arrivalsOf(seed, hour, tasksPerDay)) {
      if (arrival.atMs >= openingMs) events.plan(arrival.atMs, () => arrive(centre, room, arrival, lostRecordings))
    }
    events.plan((hour + 1) * HOUR_MS, () => beginHour(hour + 1))
  }
  const openingDay = Math.floor(openingMs / DAY_MS)
  planDay(openingDay - 1)
  beginDay(openingDay)
  beginHour(Math.floor(openingMs / HOUR_MS))

  return {
    tasks: centre.tasks,
    sessions: centre.floor.sessions,
    statuses: centre.floor.statuses,
    liveUntil: (ms) => events.runUntil(ms),
  }
}

/** A shift that was under way when the centre opened begins with the opening. */
function planShift(centre: Centre, live: LiveAgent, day: number, openingMs: number): void {
  const shift = shiftOf(centre.seed, live.agent.index, day)
  if (shift.toMs < openingMs + HOUR_MS) return
  const fromMs =
    shift.fromMs >= openingMs
      ? shift.fromMs
      : openingMs + randomFor(centre.seed, 'opening', live.agent.index).between(0, 60_000)
  centre.events.plan(fromMs, (now) => arriveAtWork(centre, live, now))
  for (const pause of shift.breaks)
    if (pause.atMs > fromMs) centre.events.plan(pause.atMs, (now) => wishBreak(centre, live, now, pause))
  centre.events.plan(shift.toMs, (now) => wishHome(centre, live, now))
}

function arrive(centre: Centre, room: WaitingRoom, { key, atMs }: Arrival, lostRecordings: number): void {
  const random = randomFor(centre.seed, 'contact', key)
  const plan = planContact(random, lostRecordings)
  if (plan.isOutdial) return outdial(centre, key, plan, random, atMs)
  const doors = centre.org.entryPoints.filter((door) => door.channel === plan.channel)
  const entryPoint = random.pick(doors)
  const task = beginTask(uuidFor(centre.seed, 'task', key), key, atMs, entryPoint, plan, random)
  centre.tasks.push(task)
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
