import type { Span } from '../world.ts'
import { arrivalsOf, hoursOfLongestWatch } from './arrivals.ts'
import type { Arrival } from './arrivals.ts'
import type { Block, BlockOptions } from './block.ts'
import { createBlocks } from './blocks.ts'
import type { Blocks } from './blocks.ts'
import type { CaptureSettings } from './captures/create-captures.ts'
import { DAY_MS, HOUR_MS } from './clock-units.ts'
import { keepHeapSmall } from './heap.ts'
import type { SmallHeap } from './heap.ts'
import { createLocatedIds } from './located-ids.ts'
import { createOrg } from './org.ts'
import type { Org, Pod } from './org.ts'
import { AS_DOCUMENTED } from './render-options.ts'
import type { RenderOptions } from './render-options.ts'
import type { TaskScript } from './script.ts'
import { createWatches } from './watches.ts'
import type { Watches } from './watches.ts'

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
/** Sessions end with the shift, or when the hands are free after it. */
export const SESSIONS_SETTLE_WITHIN_MS = 30 * HOUR_MS

const WATCH_BITS = 20
const ORDINAL_BITS = 17
const LOGIN_BITS = 8
const inBits = (value: number, bits: number) => value & (2 ** bits - 1)

export type Order = 'oldest-first' | 'newest-first'

/** What all readers of one generated world share: where things are, and the blocks that were looked at lately. */
export interface Frame {
  readonly seed: number
  readonly org: Org
  readonly watches: Watches
  readonly openingMs: number
  readonly rendering: RenderOptions
  readonly arrivals: BlockOptions
  readonly blocks: Blocks
  /** Of large centres. */
  readonly heap: SmallHeap | undefined
  /** Without living through anything; undefined for ids of others. */
  readonly arrivalNamed: (taskId: string) => Arrival | undefined
  /** Where a session of that id would be; undefined for ids of others. */
  readonly placeOfSession: (sessionId: string) => { readonly pod: Pod; readonly watch: number } | undefined
  /** @param id the arrival's, for those who have it at hand */
  readonly scriptOf: (arrival: Arrival, id?: string) => TaskScript
  /** Scripts of contacts that arrived within the span and by then, by watch and pod. */
  readonly scriptsOf: (span: Span, asOfMs: number) => readonly TaskScript[]
  /** All whose agents may have been at work within the span. */
  readonly blocksOf: (span: Span, asOfMs: number) => readonly Block[]
  /** Watches that a span touches. Nothing happens before the opening. */
  readonly watchesOf: (span: Span, asOfMs: number, order: Order) => Iterable<number>
}

export function createFrame(options: GeneratedWorldOptions): Frame {
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
  const arrivals: BlockOptions = {
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
  const arrivalsIn = rememberHours((pod, watch, hour) => arrivalsOf(arrivals, pod, watch, hour))
  const heap = isLarge ? keepHeapSmall() : undefined
  const blocks = createBlocks(arrivals, { heap })

  const scriptOf = (arrival: Arrival, id = arrivals.taskIdOf(arrival)): TaskScript => {
    const script = scriptsById(blocks.of(org.pods[arrival.pod]!, arrival.watch)).get(id)
    if (script === undefined) throw new Error('every arrival is a task')
    return script
  }
  function* watchesOf({ fromMs, toMs }: Span, asOfMs: number, order: Order, lookBackMs = 0) {
    const first = watches.watchOf(Math.max(fromMs - lookBackMs, openingMs))
    const last = watches.watchOf(Math.min(toMs - 1, asOfMs))
    for (let step = 0; step <= last - first; step++) yield order === 'oldest-first' ? first + step : last - step
  }
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
      org.pods.map((pod) => blocks.of(pod, watch)),
    )

  return {
    seed,
    org,
    watches,
    openingMs,
    rendering,
    arrivals,
    blocks,
    heap,
    arrivalNamed(id) {
      const located = taskIds.locate(id)
      if (located === undefined) return undefined
      const pod = located.where >>> WATCH_BITS
      const watch = inBits(located.where, WATCH_BITS)
      const hour = located.which >>> ORDINAL_BITS
      const ordinal = inBits(located.which, ORDINAL_BITS)
      if (pod >= org.pods.length || hour >= hoursOfLongestWatch(watches)) return undefined
      return arrivalsIn(pod, watch, hour).find((arrival) => arrival.ordinal === ordinal)
    },
    placeOfSession(id) {
      const located = sessionIds.locate(id)
      const pod = located === undefined ? undefined : org.pods[located.where >>> WATCH_BITS]
      return located === undefined || pod === undefined ? undefined : { pod, watch: inBits(located.where, WATCH_BITS) }
    },
    scriptOf,
    scriptsOf,
    blocksOf,
    watchesOf,
  }
}

type ArrivalsIn = (pod: number, watch: number, hour: number) => readonly Arrival[]

/** Whoever asks for a contact by its id asks for its neighbours next. */
const HOURS_REMEMBERED = 256
function rememberHours(arrivalsIn: ArrivalsIn): ArrivalsIn {
  const hours = new Map<string, readonly Arrival[]>()
  return (pod, watch, hour) => {
    const name = `${pod}.${watch}.${hour}`
    const arrivals = hours.get(name) ?? arrivalsIn(pod, watch, hour)
    hours.delete(name)
    hours.set(name, arrivals)
    for (const oldest of hours.keys()) {
      if (hours.size <= HOURS_REMEMBERED) break
      hours.delete(oldest)
    }
    return arrivals
  }
}

const known = new WeakMap<Block, ReadonlyMap<string, TaskScript>>()
function scriptsById(block: Block): ReadonlyMap<string, TaskScript> {
  let scripts = known.get(block)
  if (scripts === undefined) {
    scripts = new Map(block.tasks.map((task) => [task.id, task]))
    known.set(block, scripts)
  }
  return scripts
}
