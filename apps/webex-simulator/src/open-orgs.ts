import { createClock, floorToQuarter } from './clock.ts'
import type { SimulatedClock } from './clock.ts'
import { openDataset } from './dataset/dataset-world.ts'
import { createGeneratedWorld } from './life/generated-world.ts'
import type { Settings } from './settings.ts'
import { listOrgs, openOrg } from './orgs.ts'
import type { Orgs } from './orgs.ts'

export interface OpenedOrgs {
  readonly orgs: Orgs
  readonly clock: SimulatedClock
}

/** The organizations the settings ask for, recorded or generated, with their clock. */
export async function openOrgs(settings: Settings, wallClockMs: number): Promise<OpenedOrgs> {
  const { world, clock } = await openWorld(settings, wallClockMs)
  const org = openOrg({
    name: 'Simulated organization',
    region: 'us1',
    seed: world.truth === undefined ? null : settings.SIM_SEED,
    world,
    clock,
    lifeEndsMs: settings.SIM_WORLD_UNTIL,
    dropTasks: settings.SIM_DROP_TASKS,
  })
  return { orgs: listOrgs([org]), clock }
}

async function openWorld(settings: Settings, wallClockMs: number) {
  const speed = settings.SIM_CLOCK_SPEED
  if (settings.SIM_DATASET !== undefined) {
    const { world, afterLastMs } = await openDataset(settings.SIM_DATASET, settings.SIM_ORG_ID)
    return { world, clock: createClock({ startMs: settings.SIM_CLOCK_START ?? afterLastMs, speed }) }
  }
  const startMs = settings.SIM_CLOCK_START ?? wallClockMs
  const lifeEndsMs = settings.SIM_WORLD_UNTIL ?? Number.POSITIVE_INFINITY
  const world = createGeneratedWorld({
    seed: settings.SIM_SEED,
    tasksPerDay: settings.SIM_TASKS_PER_DAY,
    agents: settings.SIM_AGENTS ?? 40,
    days: settings.SIM_DAYS,
    historyUntilMs: floorToQuarter(settings.SIM_HISTORY_UNTIL ?? Math.min(startMs, lifeEndsMs)),
    ...(settings.SIM_ORG_ID === undefined ? {} : { orgId: settings.SIM_ORG_ID }),
  })
  return { world, clock: createClock({ startMs, speed }) }
}
