import type { Span, WorldEvent } from '../world.ts'
import type { Block } from './block.ts'
import type { Blocks } from './blocks.ts'
import type { Pod } from './org.ts'
import { eventsOfSession, eventsOfTask } from './render-events.ts'
import type { Watches } from './watches.ts'

interface WorldEventsOptions {
  readonly seed: number
  readonly pods: readonly Pod[]
  readonly watches: Watches
  readonly blocks: Blocks
  /** Nothing happens before, epoch ms. */
  readonly openingMs: number
}

/** Overtime of so many blocks is remembered: two days of the largest centres. */
const TAILS_KEPT = 512

/**
 * What happened within a span, ascending. Whoever delivers events asks for a second at a time, again and again: what a block tells is put in order
 * once, and of the watch before only its overtime is kept, so that asking never lives through it twice.
 */
export function createWorldEvents({ seed, pods, watches, blocks, openingMs }: WorldEventsOptions) {
  const ordered = new WeakMap<Block, readonly WorldEvent[]>()
  const tails = new Map<string, readonly WorldEvent[]>()

  const ofBlock = (pod: Pod, watch: number) => {
    const block = blocks.of(pod, watch)
    let events = ordered.get(block)
    if (events === undefined) {
      events = [
        ...block.tasks.flatMap((task) => eventsOfTask(seed, task)),
        ...block.sessions.flatMap((session) => eventsOfSession(session)),
      ].sort(byTime)
      ordered.set(block, events)
    }
    return events
  }
  const overtimeOf = (pod: Pod, watch: number) => {
    const key = `${pod.index}.${watch}`
    let tail = tails.get(key)
    if (tail === undefined) {
      tail = within(ofBlock(pod, watch), { fromMs: watches.startOf(watch + 1), toMs: Number.POSITIVE_INFINITY })
      tails.set(key, tail)
      const [oldest] = tails.keys()
      if (tails.size > TAILS_KEPT && oldest !== undefined) tails.delete(oldest)
    }
    return tail
  }

  return ({ fromMs, toMs }: Span): readonly WorldEvent[] => {
    const span = { fromMs: Math.max(fromMs, openingMs), toMs }
    if (span.toMs <= span.fromMs) return []
    const first = watches.watchOf(span.fromMs)
    const last = watches.watchOf(span.toMs - 1)
    const found = pods.map((pod) => within(overtimeOf(pod, first - 1), span))
    for (let watch = first; watch <= last; watch++)
      for (const pod of pods) found.push(within(ofBlock(pod, watch), span))
    return found.flat().sort(byTime)
  }
}

const byTime = (a: WorldEvent, b: WorldEvent) => a.time - b.time

const within = (events: readonly WorldEvent[], { fromMs, toMs }: Span) =>
  events.slice(firstFrom(events, fromMs), firstFrom(events, toMs))

/** Position of the first event at or after the moment. */
function firstFrom(events: readonly WorldEvent[], atMs: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (events[middle]!.time < atMs) low = middle + 1
    else high = middle
  }
  return low
}
