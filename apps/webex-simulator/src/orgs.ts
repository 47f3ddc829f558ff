import { createDroppedTasks } from './faults/dropped-tasks.ts'
import type { DroppedTasks } from './faults/dropped-tasks.ts'
import type { SimulatedClock } from './clock.ts'
import { createSeenWorld } from './seen-world.ts'
import type { SeenWorld } from './seen-world.ts'
import type { World } from './world.ts'

/** A customer's organization: a world of its own behind one region's address. */
export interface SimulatedOrg {
  readonly id: string
  readonly name: string
  /** Region code as in `api.wxcc-{region}.cisco.com`. */
  readonly region: string
  /** Null for a recorded world. */
  readonly seed: number | null
  readonly world: World
  readonly seen: SeenWorld
  readonly drops: DroppedTasks
}

export interface Orgs {
  /** The first is the one that single-org settings describe. */
  readonly all: readonly [SimulatedOrg, ...SimulatedOrg[]]
  find(orgId: string): SimulatedOrg | undefined
}

interface OrgOptions {
  readonly name: string
  readonly region: string
  readonly seed: number | null
  readonly world: World
  readonly clock: SimulatedClock
  readonly lifeEndsMs: number | undefined
  readonly dropTasks: number
}

export function openOrg({ name, region, seed, world, clock, lifeEndsMs, dropTasks }: OrgOptions): SimulatedOrg {
  const seen = createSeenWorld(world, clock, lifeEndsMs)
  return { id: world.orgId, name, region, seed, world, seen, drops: createDroppedTasks(seen, dropTasks) }
}

export function listOrgs(all: Orgs['all']): Orgs {
  const byId = new Map(all.map((org) => [org.id, org]))
  return { all, find: (orgId) => byId.get(orgId) }
}
