import type { RecordSource, SeenRecord, Span, World } from '../world.ts'
import { arrivalsOf, hoursOfLongestWatch, hourSpan } from './arrivals.ts'
import type { Arrival } from './arrivals.ts'
import type { Block, BlockOptions } from './block.ts'
import { createBlocks } from './blocks.ts'
import { createCaptures } from './captures/create-captures.ts'
import type { CaptureSettings } from './captures/create-captures.ts'
import { DAY_MS, HOUR_MS } from './clock-units.ts'
import { renderConfiguration } from './configuration.ts'
import { keepHeapSmall } from './heap.ts'
import { createLocatedIds } from './located-ids.ts'
import { createOrg } from './org.ts'
import type { Pod } from './org.ts'
import { renderLeg } from './render-leg.ts'
import { AS_DOCUMENTED } from './render-options.ts'
import type { RenderOptions } from './render-options.ts'
import { renderSession } from './render-session.ts'
import { renderTask } from './render-task.ts'
import type { SessionScript, TaskScript } from './script.ts'
import { createTruth } from './truth.ts'
import { createWorldEvents } from './world-events.ts'
import { createWatches } from './watches.ts'

export interface GeneratedWorldOptions {
  readonly seed: number
  /** On average over a week, all pods together. */
  readonly tasksPerDay: number
  readonly agents: number
  /** Days of history before `historyUntilMs`; the centre opens at their beginning. */
  readonly days: number
  /** Epoch ms. */
  readonly historyUntilMs: number
  readonly orgId?: string
  /** Its mail domain follows from it. @default Harbour Mutual */
  readonly orgName?: string
  /** IANA zone that office hours, weekends and business days go by. @default UTC */
  readonly timeZone?: string
  /** Share of recorded contacts whose files never appear, though `captureRequested` is true. @default 0 */
  readonly lostRecordings?: number
  readonly captures?: Partial<CaptureSettings>
  /** What moves `lastActivityTime` of tasks and legs. @default every-change */
  readonly lastActivity?: RenderOptions['lastActivity']
}

/** A pod larger than this would make one look at one task too dear. */
const TASKS_PER_POD_AND_DAY = 2_000
/** From here on a day is cut into three, so that less of it has to be held at a time. */
const PODS_OF_LARGE_CENTRES = 4
/** Contacts end within their business day and what agents need to clear up after it; scores and surveys follow within two days. */
const TASKS_SETTLE_WITHIN_MS = 4 * DAY_MS
const SESSIONS_SETTLE_WITHIN_MS = 30 * HOUR_MS
const WATCH_BITS = 20
const ORDINAL_BITS = 17
const LOGIN_BITS = 8
const inBits = (value: number, bits: number) => value & (2 ** bits - 1)
const byTimeThenId = (a: SeenRecord, b: SeenRecord) => a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/**
 * A centre of any size over any stretch of time, told watch by watch and pod by pod as somebody looks at it (ADR 13). Equal options give equal
 * records, byte for byte, whatever was asked before.
 */
export function createGeneratedWorld(options: GeneratedWorldOptions): World {
  const { seed, tasksPerDay, historyUntilMs, lostRecordings = 0 } = options
  const openingMs = historyUntilMs - options.days * DAY_MS
  const podCount = Math.max(1, Math.round(tasksPerDay / TASKS_PER_POD_AND_DAY))
  const org = createOrg(seed, { agents: options.agents, pods: podCount }, { id: options.orgId, name: options.orgName })
  const rendering: RenderOptions = {
    ...AS_DOCUMENTED,
    lastActivity: options.lastActivity ?? AS_DOCUMENTED.lastActivity,
  }
  const isLarge = podCount >= PODS_OF_LARGE_CENTRES
  const watches = createWatches(options.timeZone ?? 'UTC', isLarge ? 3 : 1)
  const taskIds = createLocatedIds(seed, 'task')
  const sessionIds = createLocatedIds(seed, 'session')
  const whereOf = (pod: number, watch: number) => (pod << WATCH_BITS) | watch
  const blockOptions: BlockOptions = {
    seed,
    org,
    watches,
    openingMs,
    lostRecordings,
    tasksPerDay: tasksPerDay / podCount,
    taskIdOf: ({ pod, watch, hour, ordinal }) => taskIds.idOf(whereOf(pod, watch), (hour << ORDINAL_BITS) | ordinal),
    sessionIdOf: (pod, watch) => (agentIndex, login) =>
      sessionIds.idOf(whereOf(pod.index, watch), (agentIndex << LOGIN_BITS) | login),
  }
  const blocks = createBlocks(blockOptions, { heap: isLarge ? keepHeapSmall() : undefined })

  const scriptOf = ({ pod, watch }: Arrival, id: string): TaskScript => {
    const script = positions(blocks.of(org.pods[pod]!, watch)).get(id)
    if (script === undefined) throw new Error('every arrival is a task')
    return script
  }
  const seenTask = (arrival: Arrival, asOfMs: number): SeenRecord => {
    const id = blockOptions.taskIdOf(arrival)
    return {
      id,
      time: arrival.atMs,
      record: () => renderTask(seed, org, scriptOf(arrival, id), asOfMs, rendering),
    }
  }
  const seenSession = (session: SessionScript, asOfMs: number): SeenRecord => ({
    id: session.id,
    time: session.startTime,
    record: () => renderSession(org, session, asOfMs),
  })
  /** Whoever arrived within the hour at any pod, in order of arrival. */
  const arrivalsIn = (watch: number, hour: number) =>
    org.pods.flatMap((pod) => arrivalsOf(blockOptions, pod.index, watch, hour))
  const arrivalNamed = (id: string): Arrival | undefined => {
    const located = taskIds.locate(id)
    if (located === undefined) return undefined
    const pod = located.where >>> WATCH_BITS
    const watch = inBits(located.where, WATCH_BITS)
    const hour = located.which >>> ORDINAL_BITS
    const ordinal = inBits(located.which, ORDINAL_BITS)
    if (pod >= org.pods.length || hour >= hoursOfLongestWatch(watches)) return undefined
    return arrivalsOf(blockOptions, pod, watch, hour).find((arrival) => arrival.ordinal === ordinal)
  }

  /** Watches that a span touches. Nothing happens before the opening. */
  function* watchesOf({ fromMs, toMs }: Span, asOfMs: number, order: Order, lookBackMs = 0) {
    const first = watches.watchOf(Math.max(fromMs - lookBackMs, openingMs))
    const last = watches.watchOf(Math.min(toMs - 1, asOfMs))
    for (let step = 0; step <= last - first; step++) yield order === 'oldest-first' ? first + step : last - step
  }
  function* hoursOf(span: Span, asOfMs: number, order: Order) {
    const hours = hoursOfLongestWatch(watches)
    for (const watch of watchesOf(span, asOfMs, order)) {
      for (let step = 0; step < hours; step++) {
        const hour = order === 'oldest-first' ? step : hours - 1 - step
        const { fromMs, toMs } = hourSpan(watches, watch, hour)
        if (fromMs < toMs && toMs > span.fromMs && fromMs < span.toMs && fromMs <= asOfMs) yield { watch, hour }
      }
    }
  }

  const tasks: RecordSource = {
    settlesWithinMs: TASKS_SETTLE_WITHIN_MS,
    *scan(span, asOfMs, order) {
      for (const { watch, hour } of hoursOf(span, asOfMs, order)) {
        const rows = arrivalsIn(watch, hour)
          .filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs && atMs <= asOfMs)
          .map((arrival) => seenTask(arrival, asOfMs))
        if (rows.length > 0) yield inOrder(rows, order)
      }
    },
    find(id, asOfMs) {
      const arrival = arrivalNamed(id)
      return arrival === undefined || arrival.atMs > asOfMs ? undefined : seenTask(arrival, asOfMs)
    },
  }

  const agentSessions: RecordSource = {
    settlesWithinMs: SESSIONS_SETTLE_WITHIN_MS,
    *scan(span, asOfMs, order) {
      for (const watch of watchesOf(span, asOfMs, order)) {
        const rows = org.pods
          .flatMap((pod) => blocks.of(pod, watch).sessions)
          .filter(({ startTime }) => startTime >= span.fromMs && startTime < span.toMs && startTime <= asOfMs)
          .map((session) => seenSession(session, asOfMs))
        if (rows.length > 0) yield inOrder(rows, order)
      }
    },
    find(id, asOfMs) {
      const located = sessionIds.locate(id)
      const pod = located === undefined ? undefined : org.pods[located.where >>> WATCH_BITS]
      if (located === undefined || pod === undefined) return undefined
      const { sessions } = blocks.of(pod, inBits(located.where, WATCH_BITS))
      const session = sessions.find((candidate) => candidate.id === id)
      return session === undefined || session.startTime > asOfMs ? undefined : seenSession(session, asOfMs)
    },
  }

  const legsOf = (task: TaskScript, asOfMs: number) =>
    task.legs
      .filter((leg) => leg.start <= asOfMs)
      .map((leg): SeenRecord => ({
        id: `${task.id}-callLeg-${leg.start}`,
        time: leg.start,
        record: () => renderLeg(seed, task, leg, asOfMs, rendering),
      }))
  const taskLegs: RecordSource = {
    settlesWithinMs: TASKS_SETTLE_WITHIN_MS,
    *scan(span, asOfMs, order) {
      for (const watch of watchesOf(span, asOfMs, order)) {
        const fromMs = Math.max(span.fromMs, watches.startOf(watch))
        const toMs = Math.min(span.toMs, watches.startOf(watch + 1))
        // A leg may begin in the overtime of the watch before; none outlives a whole further watch.
        const rows = scriptsOf({ fromMs: watches.startOf(watch - 1), toMs }, asOfMs)
          .flatMap((task) => legsOf(task, asOfMs))
          .filter(({ time }) => time >= fromMs && time < toMs)
        if (rows.length > 0) yield inOrder(rows, order)
      }
    },
    find(id, asOfMs) {
      const arrival = arrivalNamed(id.slice(0, 36))
      if (arrival === undefined) return undefined
      return legsOf(scriptOf(arrival, id.slice(0, 36)), asOfMs).find((leg) => leg.id === id)
    },
  }

  /** Scripts of contacts that arrived within the span, by watch and pod. */
  const scriptsOf = ({ fromMs, toMs }: Span, asOfMs: number): readonly TaskScript[] =>
    [...watchesOf({ fromMs, toMs }, asOfMs, 'oldest-first')].flatMap((watch) =>
      org.pods.flatMap((pod) =>
        blocks
          .of(pod, watch)
          .tasks.filter(({ createdTime }) => createdTime >= fromMs && createdTime < toMs && createdTime <= asOfMs),
      ),
    )
  const blocksOf = (span: Span, asOfMs: number): readonly Block[] =>
    [...watchesOf(span, asOfMs, 'oldest-first', SESSIONS_SETTLE_WITHIN_MS)].flatMap((watch) =>
      org.pods.map((pod: Pod) => blocks.of(pod, watch)),
    )
  const captures = createCaptures({ seed, ...options.captures })
  const configuration = renderConfiguration(org, openingMs)

  return {
    orgId: org.id,
    history: { fromMs: openingMs, toMs: historyUntilMs },
    tasks,
    agentSessions,
    taskLegs,
    captures(taskId, asOfMs, wishes) {
      const arrival = arrivalNamed(taskId)
      if (arrival === undefined || arrival.atMs > asOfMs) return undefined
      return captures.entry(scriptOf(arrival, taskId), asOfMs, wishes)
    },
    configuration: (entity) => configuration[entity] ?? [],
    events: createWorldEvents({ seed, pods: org.pods, watches, blocks, openingMs }),
    truth: createTruth({ scriptsOf, blocksOf, captures }),
  }
}

type Order = 'oldest-first' | 'newest-first'

function inOrder(rows: SeenRecord[], order: Order): readonly SeenRecord[] {
  rows.sort(byTimeThenId)
  return order === 'oldest-first' ? rows : rows.reverse()
}

const taskPositions = new WeakMap<Block, ReadonlyMap<string, TaskScript>>()
function positions(block: Block): ReadonlyMap<string, TaskScript> {
  let known = taskPositions.get(block)
  if (known === undefined) {
    known = new Map(block.tasks.map((task) => [task.id, task]))
    taskPositions.set(block, known)
  }
  return known
}
