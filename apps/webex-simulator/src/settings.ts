import { z } from 'zod'

const whole = (min: number) => z.coerce.number().int().min(min)
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const schema = z.object({
  SIM_PORT: whole(0).max(65_535).default(0),
  SIM_HOST: z.string().default('127.0.0.1'),
  SIM_SEED: whole(0).default(1),
  SIM_TASKS_PER_DAY: whole(0).default(2000),
  SIM_AGENTS: whole(1).default(40),
  SIM_DAYS: whole(1).default(1),
  SIM_ORG_ID: z.uuid().optional(),
  SIM_DATASET: z.string().optional(),
  SIM_CLOCK_START: instant.optional(),
  SIM_CLOCK_SPEED: z.coerce.number().min(0).default(1),
  SIM_WORLD_UNTIL: instant.optional(),
  SIM_HISTORY_UNTIL: instant.optional(),
  SIM_RATE_LIMIT_PER_MINUTE: whole(1).default(300),
  SIM_CLIENT_ID: z.string().default('simulated-client'),
  SIM_CLIENT_SECRET: z.string().default('simulated-secret'),
  SIM_REFRESH_TOKEN: z.string().default('simulated-refresh-token'),
  SIM_AUTHORIZATION_CODE: z.string().default('simulated-code'),
  SIM_ACCESS_TOKEN_SECONDS: whole(1).default(1_209_600),
  SIM_REFRESH_TOKEN_SECONDS: whole(1).default(7_776_000),
  SIM_REFRESH_TOKEN_ROTATES: z.stringbool().default(false),
  SIM_WINDOW_BOUNDS: z.enum(['half-open', 'closed', 'open']).default('half-open'),
  SIM_INNER_TIES: z.enum(['whole', 'skip']).default('whole'),
  SIM_GRAPHQL_ERROR_STATUS: z.enum(['200', '400']).default('400').transform(Number),
  SIM_DROP_TASKS: whole(0).default(0),
})

/** Every setting, in the units of its name; README.md describes each. */
export type Settings = Readonly<z.infer<typeof schema>>

/** All that is wrong with the settings, one line each, naming settings and never their values. */
export class SettingsError extends Error {
  readonly lines: readonly string[]
  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'SettingsError'
    this.lines = lines
  }
}

/** Reads the `SIM_*` variables; empty text counts as unset. Throws {@link SettingsError}. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  throw new SettingsError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
}
