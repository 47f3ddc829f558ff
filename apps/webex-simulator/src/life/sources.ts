import type { RecordOf, RecordSource, SeenRecord, Span } from '../world.ts'
import { arrivalsOf, hoursOfLongestWatch, hourSpan } from './arrivals.ts'
import type { Arrival } from './arrivals.ts'
import { DAY_MS } from './clock-units.ts'
import { SESSIONS_SETTLE_WITHIN_MS } from './frame.ts'
import type { Frame, Order } from './frame.ts'
import { renderLeg } from './render-leg.ts'
import { renderSession } from './render-session.ts'
import { renderTask } from './render-task.ts'
import type { Pod } from './org.ts'
import type { SessionScript, TaskScript } from './script.ts'

/** Contacts end within their business day and what agents need to clear up after it; scores and surveys follow within two days. */
const TASKS_SETTLE_WITHIN_MS = 4 * DAY_MS
const CHUNK = 2000
const UUID_LENGTH = 36

/** How a task looks at a moment. */
type TaskRecordOf = (arrival: Arrival, id: string, asOfMs: number) => RecordOf

/** As its contact was lived through, with all the others of its watch. */
const livedTask =
  (frame: Frame): TaskRecordOf =>
  (arrival, id, asOfMs) =>
    renderTask(frame.seed, frame.org, frame.scriptOf(arrival, id), asOfMs, frame.rendering)

/** Tasks: ids and times from their arrivals alone; a record is made when it is asked for. */
export function taskSource(frame: Frame, recordOf: TaskRecordOf = livedTask(frame)): RecordSource {
  const { org, watches, arrivals } = frame
  const seen = (arrival: Arrival, asOfMs: number): SeenRecord => {
    const id = arrivals.taskIdOf(arrival)
    return { id, time: arrival.atMs, record: () => recordOf(arrival, id, asOfMs) }
  }
  function* hoursOf(span: Span, asOfMs: number, order: Order) {
    const hours = hoursOfLongestWatch(watches)
    for (const watch of frame.watchesOf(span, asOfMs, order)) {
      for (let step = 0; step < hours; step++) {
        const hour = order === 'oldest-first' ? step : hours - 1 - step
        const { fromMs, toMs } = hourSpan(watches, watch, hour)
        if (fromMs < toMs && toMs > span.fromMs && fromMs < span.toMs && fromMs <= asOfMs) yield { watch, hour }
      }
    }
  }
  return {
    settlesWithinMs: TASKS_SETTLE_WITHIN_MS,
    *scan(span, asOfMs, order) {
      for (const { watch, hour } of hoursOf(span, asOfMs, order)) {
        const rows = org.pods
          .flatMap((pod) => arrivalsOf(arrivals, pod.index, watch, hour))
          .filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs && atMs <= asOfMs)
          .map((arrival) => seen(arrival, asOfMs))
        yield* inChunks(rows, order)
        frame.heap?.breathe()
      }
    },
    find(id, asOfMs) {
      const arrival = frame.arrivalNamed(id)
      return arrival === undefined || arrival.atMs > asOfMs ? undefined : seen(arrival, asOfMs)
    },
  }
}

/** What is known of a login without looking at its states. */
interface Login {
  readonly id: string
  /** Epoch ms. */
  readonly startTime: number
}

/** The logins of a pod's watch, in the order in which they began, and how one looks at a moment. */
interface Logins<L extends Login> {
  readonly of: (pod: Pod, watch: number) => readonly L[]
  readonly recordOf: (login: L, asOfMs: number) => RecordOf
}

/** When somebody logs in is known only by living through the watch. */
const livedLogins = ({ org, blocks }: Frame): Logins<SessionScript> => ({
  of: (pod, watch) => blocks.of(pod, watch).sessions,
  recordOf: (session, asOfMs) => renderSession(org, session, asOfMs),
})

export function sessionSource(frame: Frame): RecordSource {
  return sourceOfLogins(frame, livedLogins(frame))
}

export function sourceOfLogins<L extends Login>(frame: Frame, logins: Logins<L>): RecordSource {
  const { org } = frame
  const seen = (login: L, asOfMs: number): SeenRecord => ({
    id: login.id,
    time: login.startTime,
    record: () => logins.recordOf(login, asOfMs),
  })
  return {
    settlesWithinMs: SESSIONS_SETTLE_WITHIN_MS,
    *scan(span, asOfMs, order) {
      for (const watch of frame.watchesOf(span, asOfMs, order)) {
        const rows: SeenRecord[] = []
        for (const pod of org.pods) {
          for (const session of logins.of(pod, watch)) {
            const { startTime } = session
            if (startTime >= span.fromMs && startTime < span.toMs && startTime <= asOfMs)
              rows.push(seen(session, asOfMs))
          }
          // Others may go ahead: the next pod has to be lived through first.
          yield []
        }
        yield* inChunks(rows, order)
      }
    },
    find(id, asOfMs) {
      const place = frame.placeOfSession(id)
      if (place === undefined) return undefined
      const session = logins.of(place.pod, place.watch).find((candidate) => candidate.id === id)
      return session === undefined || session.startTime > asOfMs ? undefined : seen(session, asOfMs)
    },
  }
}

/** Legs, whose beginning depends on how their contact fared. */
export function legSource(frame: Frame): RecordSource {
  const { seed, watches, rendering } = frame
  const legsOf = (task: TaskScript, asOfMs: number) =>
    task.legs
      .filter((leg) => leg.start <= asOfMs)
      .map((leg): SeenRecord => ({
        id: `${task.id}-callLeg-${leg.start}`,
        time: leg.start,
        record: () => renderLeg(seed, task, leg, asOfMs, rendering),
      }))
  return {
    settlesWithinMs: TASKS_SETTLE_WITHIN_MS,
    *scan(span, asOfMs, order) {
      for (const watch of frame.watchesOf(span, asOfMs, order)) {
        const fromMs = Math.max(span.fromMs, watches.startOf(watch))
        const toMs = Math.min(span.toMs, watches.startOf(watch + 1))
        // A leg may begin in the overtime of the watch before; none outlives a whole further watch.
        const rows = frame
          .scriptsOf({ fromMs: watches.startOf(watch - 1), toMs }, asOfMs)
          .flatMap((task) => legsOf(task, asOfMs))
          .filter(({ time }) => time >= fromMs && time < toMs)
        yield* inChunks(rows, order)
      }
    },
    find(id, asOfMs) {
      const arrival = frame.arrivalNamed(id.slice(0, UUID_LENGTH))
      if (arrival === undefined) return undefined
      return legsOf(frame.scriptOf(arrival), asOfMs).find((leg) => leg.id === id)
    },
  }
}

const byTimeThenId = (a: SeenRecord, b: SeenRecord) => a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function* inChunks(rows: SeenRecord[], order: Order): Iterable<readonly SeenRecord[]> {
  rows.sort(byTimeThenId)
  if (order === 'newest-first') rows.reverse()
  for (let start = 0; start < rows.length; start += CHUNK) yield rows.slice(start, start + CHUNK)
}
