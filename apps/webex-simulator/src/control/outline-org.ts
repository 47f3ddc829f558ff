import type { SimulatedOrg } from '../orgs.ts'
import type { Span } from '../world.ts'
import { countUpTo } from './count-records.ts'

const DAY_MS = 24 * 3_600_000

/** An organization in a line. */
export interface OrgOutline {
  readonly id: string
  readonly name: string
  readonly region: string
  /** Null for a recorded world. */
  readonly seed: number | null
  readonly history: Span
  readonly asOfMs: number
  /** Users of its configuration. */
  readonly users: number
  /** Tasks that began in the 24 hours before `asOfMs`; cheap in a world of any size. */
  readonly tasksInLastDay: number
}

export async function outlineOrg({ id, name, region, seed, world, seen }: SimulatedOrg): Promise<OrgOutline> {
  const asOfMs = seen.asOfMs()
  const lastDay = { fromMs: asOfMs - DAY_MS, toMs: asOfMs + 1 }
  return {
    id,
    name,
    region,
    seed,
    history: world.history,
    asOfMs,
    users: world.configuration('user').length,
    tasksInLastDay: (await countUpTo(world.tasks, asOfMs, Number.POSITIVE_INFINITY, lastDay)) ?? 0,
  }
}
