import { createClock, floorToQuarter } from './clock.ts'
import type { SimulatedClock } from './clock.ts'
import { openDataset } from './dataset/dataset-world.ts'
import { createGeneratedWorld } from './life/generated-world.ts'
import type { Settings } from './settings.ts'
import type { World } from './world.ts'

export interface OpenedWorld {
  readonly world: World
  readonly clock: SimulatedClock
}

/** The world the settings ask for, recorded or generated, with its clock. */
export async function openWorld(settings: Settings, wallClockMs: number): Promise<OpenedWorld> {
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
    agents: settings.SIM_AGENTS,
    days: settings.SIM_DAYS,
    historyUntilMs: floorToQuarter(settings.SIM_HISTORY_UNTIL ?? Math.min(startMs, lifeEndsMs)),
    ...(settings.SIM_ORG_ID === undefined ? {} : { orgId: settings.SIM_ORG_ID }),
  })
  return { world, clock: createClock({ startMs, speed }) }
}
