import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { errorCode } from './json.ts'
import { clientSchema, readClients } from './org-clients.ts'
import type { AuthorizedClient } from './oauth/oauth-app.ts'
import type { NamedUser } from './people/directory.ts'
import { PERSON_ROLES } from './people/person.ts'
import { REGIONS } from './regions.ts'
import type { Region } from './regions.ts'
import { SettingsError, timeZoneSchema } from './settings.ts'
import type { Settings } from './settings.ts'

/** What an organization is to be. Sizes are as told: what they come to is for whoever generates the world. */
export interface OrgPlan {
  readonly id: string | undefined
  readonly name: string
  readonly region: Region
  readonly seed: number
  readonly tasksPerDay: number
  /** Instead of `tasksPerDay`, when present; so are the months instead of the days. */
  readonly tasksPerMonth: number | undefined
  readonly agents: number | undefined
  readonly days: number
  readonly months: number | undefined
  readonly timeZone: string
  /** Folder of a recorded world, instead of a generated one. */
  readonly dataset: string | undefined
  readonly users: readonly NamedUser[]
  readonly clients: readonly AuthorizedClient[]
}

export type OrgPlans = readonly [OrgPlan, ...OrgPlan[]]

const count = (least: number) => z.number().int().min(least)
const orgSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string().min(1),
    region: z.enum(REGIONS),
    seed: count(0),
    tasksPerDay: count(0),
    tasksPerMonth: count(0).max(2_000_000),
    agents: count(1),
    days: count(1),
    months: count(1).max(36),
    timeZone: timeZoneSchema,
    dataset: z.string().min(1),
    users: z.array(
      z.strictObject({ name: z.string().min(1), email: z.email().optional(), role: z.enum(PERSON_ROLES) }),
    ),
    clients: z.array(clientSchema),
  })
  .partial()
  .required({ name: true })
  .refine((org) => org.tasksPerDay === undefined || org.tasksPerMonth === undefined, {
    error: 'either this or tasksPerDay',
    path: ['tasksPerMonth'],
  })
  .refine((org) => org.days === undefined || org.months === undefined, {
    error: 'either this or days',
    path: ['months'],
  })
const fileSchema = z.array(orgSchema).min(1)
type OrgEntry = z.infer<typeof orgSchema>

/** The one organization that settings describe. */
function singleOrg(settings: Settings): OrgPlan {
  return {
    id: settings.SIM_ORG_ID,
    name: settings.SIM_DATASET === undefined ? 'Harbour Mutual' : 'Recorded organization',
    region: settings.SIM_REGION,
    seed: settings.SIM_SEED,
    tasksPerDay: settings.SIM_TASKS_PER_DAY,
    tasksPerMonth: settings.SIM_TASKS_PER_MONTH,
    agents: settings.SIM_AGENTS,
    days: settings.SIM_DAYS,
    months: settings.SIM_MONTHS,
    timeZone: settings.SIM_TIME_ZONE,
    dataset: settings.SIM_DATASET,
    users: [],
    clients: [],
  }
}

/**
 * The organizations of `SIM_ORGS`, else the one the settings describe. In the file, what an entry leaves out is taken from the settings, but each
 * has its own seed. Throws {@link SettingsError}: one line that names file and place, never a value.
 */
export async function readOrgPlans(settings: Settings): Promise<OrgPlans> {
  const path = settings.SIM_ORGS
  const single = singleOrg(settings)
  if (path === undefined) return [single]
  const entries = await readEntries(path)
  const clients = orRefuse(path, () => readClients(entries, settings))
  const folder = dirname(resolve(path))
  const plans = entries.map((entry, at) =>
    planOf(entry, {
      ...single,
      id: undefined,
      seed: single.seed + at,
      dataset: entry.dataset === undefined ? undefined : resolve(folder, entry.dataset),
      clients: clients[at] ?? [],
    }),
  )
  const [first, ...others] = plans
  if (first === undefined) throw new Error('the schema asks for one at least')
  return [first, ...others]
}

/** What the entry says, else what the others have in common. */
function planOf(entry: OrgEntry, common: OrgPlan): OrgPlan {
  return {
    ...common,
    id: entry.id,
    name: entry.name,
    region: entry.region ?? common.region,
    seed: entry.seed ?? common.seed,
    tasksPerDay: entry.tasksPerDay ?? common.tasksPerDay,
    tasksPerMonth: entry.tasksPerMonth ?? (entry.tasksPerDay === undefined ? common.tasksPerMonth : undefined),
    agents: entry.agents ?? common.agents,
    days: entry.days ?? common.days,
    months: entry.months ?? (entry.days === undefined ? common.months : undefined),
    timeZone: entry.timeZone ?? common.timeZone,
    users: entry.users ?? [],
  }
}

async function readEntries(path: string): Promise<readonly OrgEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw orgsError(path, `cannot be read (${errorCode(error) ?? 'unknown'})`)
  })
  const json = orRefuse(path, (): unknown => JSON.parse(text), 'is not JSON')
  const parsed = fileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`)
  throw orgsError(path, issues.join('; '))
}

/** `[1].clients[0].id` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`)).join('') ||
  'the file'

function orRefuse<T>(path: string, read: () => T, message?: string): T {
  try {
    return read()
  } catch (error) {
    throw orgsError(path, message ?? (error instanceof Error ? error.message : String(error)))
  }
}

/** A mistake in the orgs file as the person who wrote it can find it. */
export const orgsError = (path: string, message: string) => new SettingsError([`SIM_ORGS: ${path}: ${message}`])
