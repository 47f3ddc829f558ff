import type { SimulatedClock } from './clock.ts'
import type { RootName } from './search/field-table.ts'
import { indexRecords } from './search/record-index.ts'
import type { RecordIndex } from './search/record-index.ts'
import type { RecordOf, RecordSource, World } from './world.ts'

/**
 * A running clock is rounded down to this before the world is looked at, as a search index shows new records only after a refresh; it also keeps
 * one rendering of the world for all requests of a second. A manual clock is taken exactly.
 */
const INDEX_REFRESH_MS = 1000

/** The world at the clock's time, rendered once per moment. */
export interface SeenWorld {
  readonly world: World
  /** Moment the world is rendered at, epoch ms; never past the end of its life. */
  asOfMs(): number
  index(root: RootName, asOfMs: number): RecordIndex
}

function all(source: RecordSource, asOfMs: number): readonly RecordOf[] {
  const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  return [...source.scan(ever, asOfMs, 'oldest-first')].flat().map((row) => row.record())
}

export function createSeenWorld(world: World, clock: SimulatedClock, untilMs = Number.POSITIVE_INFINITY): SeenWorld {
  const kept = new Map<string, { readonly asOfMs: number; readonly index: RecordIndex }>()
  const render: Readonly<Record<RootName, (asOfMs: number) => readonly RecordOf[]>> = {
    taskDetails: (asOfMs) => all(world.tasks, asOfMs),
    task: (asOfMs) => all(world.tasks, asOfMs),
    taskLegDetails: (asOfMs) => all(world.taskLegs, asOfMs),
    agentSession: (asOfMs) => all(world.agentSessions, asOfMs),
  }
  return {
    world,
    asOfMs() {
      const now = clock.nowMs()
      if (now >= untilMs) return untilMs
      return clock.speed === 0 ? now : Math.floor(now / INDEX_REFRESH_MS) * INDEX_REFRESH_MS
    },
    index(root, asOfMs) {
      const source = root === 'task' ? 'taskDetails' : root
      const known = kept.get(source)
      if (known?.asOfMs === asOfMs) return known.index
      const index = indexRecords(render[source](asOfMs))
      kept.set(source, { asOfMs, index })
      return index
    },
  }
}
