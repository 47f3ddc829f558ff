import { createDroppedTasks } from './faults/dropped-tasks.ts'
import type { DroppedTasks } from './faults/dropped-tasks.ts'
import type { SimulatedClock } from './clock.ts'
import type { AuthorizedClient } from './oauth/oauth-app.ts'
import type { NamedUser } from './people/directory.ts'
import type { Region } from './regions.ts'
import { createSeenWorld } from './seen-world.ts'
import type { SeenWorld } from './seen-world.ts'
import type { World } from './world.ts'

/** A customer's organization: a world of its own behind one region's address. */
export interface SimulatedOrg {
  readonly id: string
  readonly name: string
  readonly region: Region
  /** Null for a recorded world. */
  readonly seed: number | null
  readonly world: World
  readonly seen: SeenWorld
  readonly drops: DroppedTasks
  /** Beyond those every organization has (`people/directory.ts`). */
  readonly users: readonly NamedUser[]
  /** Apps this organization knows, beyond those that are built in (`oauth/built-in-apps.ts`). */
  readonly clients: readonly AuthorizedClient[]
}

export interface Orgs {
  /** The first is the one that single-org settings describe. */
  readonly all: readonly [SimulatedOrg, ...SimulatedOrg[]]
  find(orgId: string): SimulatedOrg | undefined
}

interface OrgOptions {
  readonly name: string
  readonly region: Region
  readonly seed: number | null
  readonly world: World
  readonly clock: SimulatedClock
  readonly lifeEndsMs: number | undefined
  readonly dropTasks: number
  readonly users?: readonly NamedUser[]
  readonly clients?: readonly AuthorizedClient[]
}

export function openOrg(options: OrgOptions): SimulatedOrg {
  const { name, region, seed, world, clock, lifeEndsMs, dropTasks, users = [], clients = [] } = options
  const seen = createSeenWorld(world, clock, lifeEndsMs)
  return {
    id: world.orgId,
    name,
    region,
    seed,
    world,
    seen,
    drops: createDroppedTasks(seen, dropTasks),
    users,
    clients,
  }
}

export function listOrgs(all: Orgs['all']): Orgs {
  const byId = new Map(all.map((org) => [org.id, org]))
  return { all, find: (orgId) => byId.get(orgId) }
}
