import { createSeenWorld } from '../seen-world.ts'
import type { SeenWorld } from '../seen-world.ts'
import { createClock } from '../clock.ts'
import { listedSource } from '../listed-source.ts'
import type { World } from '../world.ts'
import type { SearchContext } from './search-context.ts'

const nothing = listedSource({ at: () => [], settlesWithinMs: 0 })

/** A world without a single record, for tests that fill in what they need. */
export const EMPTY_WORLD: World = {
  orgId: 'org',
  history: { fromMs: 0, toMs: 0 },
  tasks: nothing,
  agentSessions: nothing,
  taskLegs: nothing,
  captures: () => undefined,
  configuration: () => [],
  events: () => [],
  truth: undefined,
}

const NO_LAG = { leastMs: 0, mostMs: 0 }

/** Every record of a world at one moment, everything else as documented. */
export function contextOver(seen: SeenWorld, nowMs: number, changes: Partial<SearchContext> = {}): SearchContext {
  return {
    nowMs,
    bounds: 'half-open',
    spanLimit: '365-days',
    innerTies: 'whole',
    emptyObjects: 'members-null',
    absentMembers: 'null',
    introspection: false,
    limitStatus: 400,
    source: (root) => seen.source(root, { lag: NO_LAG, copy: 0, staleMs: 0 }),
    kept: seen.kept,
    droppedTasks: new Set(),
    ...changes,
  }
}

export const contextOfWorld = (world: World, nowMs: number, changes: Partial<SearchContext> = {}) =>
  contextOver(createSeenWorld(world, createClock({ startMs: nowMs, speed: 0 })), nowMs, changes)

/** For queries whose rows do not matter. */
export const emptyContext = (nowMs: number) => contextOfWorld(EMPTY_WORLD, nowMs)
