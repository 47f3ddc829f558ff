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
  const tasksPerDay =
    settings.SIM_TASKS_PER_MONTH === undefined ? settings.SIM_TASKS_PER_DAY : settings.SIM_TASKS_PER_MONTH / 30
  const world = createGeneratedWorld({
    seed: settings.SIM_SEED,
    tasksPerDay,
    agents: settings.SIM_AGENTS ?? Math.max(FEWEST_AGENTS, Math.ceil(tasksPerDay / TASKS_PER_AGENT)),
    days: settings.SIM_MONTHS === undefined ? settings.SIM_DAYS : Math.ceil(settings.SIM_MONTHS * DAYS_PER_MONTH),
    historyUntilMs: floorToQuarter(settings.SIM_HISTORY_UNTIL ?? Math.min(startMs, lifeEndsMs)),
    timeZone: settings.SIM_TIME_ZONE,
    lostRecordings: settings.SIM_LOST_RECORDINGS,
    ...(settings.SIM_ORG_ID === undefined ? {} : { orgId: settings.SIM_ORG_ID }),
  })
  return { world, clock: createClock({ startMs, speed }) }
}

/** What an agent does in a day of calls and chats. */
const TASKS_PER_AGENT = 50
const FEWEST_AGENTS = 3
const DAYS_PER_MONTH = 365.25 / 12
