import { createClock, floorToQuarter } from './clock.ts'
import type { SimulatedClock } from './clock.ts'
import { openDataset } from './dataset/dataset-world.ts'
import { DatasetError } from './dataset/read-lines.ts'
import { captureSettings } from './life/captures/capture-settings.ts'
import { createGeneratedWorld } from './life/generated-world.ts'
import { createThinWorld } from './life/thin-world.ts'
import { orgsError, readOrgPlans } from './org-plans.ts'
import type { OrgPlan } from './org-plans.ts'
import type { Settings } from './settings.ts'
import { listOrgs, openOrg } from './orgs.ts'
import type { Orgs } from './orgs.ts'
import type { World } from './world.ts'

export interface OpenedOrgs {
  readonly orgs: Orgs
  readonly clock: SimulatedClock
}

type Recorded = Awaited<ReturnType<typeof openDataset>>

/** The organizations the settings ask for, recorded or generated, under one clock. */
export async function openOrgs(settings: Settings, wallClockMs: number): Promise<OpenedOrgs> {
  const [plan, ...others] = await readOrgPlans(settings)
  const planned = { plan, recorded: await openRecorded(plan, settings) }
  const further = await Promise.all(
    others.map(async (other) => ({ plan: other, recorded: await openRecorded(other, settings) })),
  )
  const all = [planned, ...further]
  const startMs = settings.SIM_CLOCK_START ?? startOf(all.map(({ recorded }) => recorded)) ?? wallClockMs
  const clock = createClock({ startMs, speed: settings.SIM_CLOCK_SPEED })
  const open = ({ plan: of, recorded }: typeof planned) => {
    const { name, region, seed, users, clients } = of
    const world = recorded?.world ?? generate(of, settings, startMs)
    return openOrg({
      name,
      region,
      seed: world.truth === undefined ? null : seed,
      world,
      clock,
      lifeEndsMs: settings.SIM_WORLD_UNTIL,
      dropTasks: settings.SIM_DROP_TASKS,
      users,
      clients,
    })
  }
  const orgs = listOrgs([open(planned), ...further.map(open)])
  const ids = new Set(orgs.all.map(({ id }) => id))
  if (ids.size < orgs.all.length) throw orgsError(settings.SIM_ORGS ?? '', 'two organizations have the same id')
  return { orgs, clock }
}

/** Just after the last record, when nothing is generated. */
function startOf(recorded: readonly (Recorded | undefined)[]): number | undefined {
  const ends = recorded.flatMap((one) => (one === undefined ? [] : [one.afterLastMs]))
  return ends.length === recorded.length ? Math.max(...ends) : undefined
}

async function openRecorded({ dataset, id }: OrgPlan, settings: Settings): Promise<Recorded | undefined> {
  if (dataset === undefined) return undefined
  try {
    return await openDataset(dataset, id)
  } catch (error) {
    // Of one dataset the setting of that name tells; of several, the folder.
    if (error instanceof DatasetError && settings.SIM_ORGS !== undefined)
      throw orgsError(settings.SIM_ORGS, `dataset ${dataset}: ${error.message}`)
    throw error
  }
}

function generate(plan: OrgPlan, settings: Settings, startMs: number): World {
  const lifeEndsMs = settings.SIM_WORLD_UNTIL ?? Number.POSITIVE_INFINITY
  const tasksPerDay = plan.tasksPerMonth === undefined ? plan.tasksPerDay : plan.tasksPerMonth / 30
  const create = settings.SIM_RECORDS === 'thin' ? createThinWorld : createGeneratedWorld
  return create({
    seed: plan.seed,
    tasksPerDay,
    agents: plan.agents ?? Math.max(FEWEST_AGENTS, Math.ceil(tasksPerDay / TASKS_PER_AGENT)),
    days: plan.months === undefined ? plan.days : Math.ceil(plan.months * DAYS_PER_MONTH),
    historyUntilMs: floorToQuarter(settings.SIM_HISTORY_UNTIL ?? Math.min(startMs, lifeEndsMs)),
    timeZone: plan.timeZone,
    lostRecordings: settings.SIM_LOST_RECORDINGS,
    captures: captureSettings(settings),
    lastActivity: settings.SIM_LAST_ACTIVITY,
    orgName: plan.name,
    ...(plan.id === undefined ? {} : { orgId: plan.id }),
  })
}

/** What an agent does in a day of calls and chats. */
const TASKS_PER_AGENT = 50
const FEWEST_AGENTS = 3
const DAYS_PER_MONTH = 365.25 / 12
