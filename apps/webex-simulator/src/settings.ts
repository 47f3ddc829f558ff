import { z } from 'zod'
import { splitScopes } from './oauth/scopes.ts'
import { TOKEN_FORMS } from './oauth/token-text.ts'
import { PERSONA_NAMES, PERSONAS } from './personas.ts'
import { REGIONS } from './regions.ts'

const whole = (min: number) => z.coerce.number().int().min(min)
/** An IANA time zone. */
export const timeZoneSchema = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}, 'an IANA time zone such as Europe/Berlin')
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** `5` or `2-45`: the same for every record, or drawn for each, in seconds. */
const secondsRange = z
  .string()
  .regex(/^\d+(\.\d+)?(-\d+(\.\d+)?)?$/, 'seconds, or a range of seconds such as 2-45')
  .transform((text) => {
    const [least = 0, most = least] = text.split('-').map(Number)
    return { leastMs: least * 1000, mostMs: most * 1000 }
  })

/** Each with its default and one line of help; `personas.ts` changes defaults in bundles. */
export const settingsSchema = z.object({
  SIM_PERSONA: z
    .enum(PERSONA_NAMES)
    .default('documented')
    .describe('bundle of defaults for what the vendor leaves open'),
  SIM_PORT: whole(0).max(65_535).default(0).describe('port; 0 = any free one'),
  SIM_HOST: z.string().default('127.0.0.1').describe('address it listens on'),
  SIM_SEED: whole(0).default(1).describe('seed of the generated world'),
  SIM_TASKS_PER_DAY: whole(0).default(2000).describe('size of the generated world'),
  SIM_TASKS_PER_MONTH: whole(0)
    .max(2_000_000)
    .optional()
    .describe('the same per 30 days, instead of SIM_TASKS_PER_DAY'),
  SIM_AGENTS: whole(1).optional().describe('agents; absent: one per 50 tasks a day, at least 3'),
  SIM_DAYS: whole(1).default(1).describe('days of history behind the start of the clock'),
  SIM_MONTHS: whole(1).max(36).optional().describe('the same in months, instead of SIM_DAYS'),
  SIM_RECORDS: z
    .enum(['full', 'thin'])
    .default('full')
    .describe('thin: as many records at the same times, but almost empty, for those who count millions and read none'),
  SIM_TIME_ZONE: timeZoneSchema.default('UTC').describe('IANA zone the centre lives by: office hours, weekends, DST'),
  SIM_ORG_ID: z.uuid().optional().describe('organization served; absent: made from the seed, fixed for datasets'),
  SIM_REGION: z.enum(REGIONS).default('us1').describe('region of that organization'),
  SIM_ORGS: z
    .string()
    .optional()
    .describe('JSON file with several organizations (README), instead of the settings of one'),
  SIM_DATASET: z.string().optional().describe('folder of a recorded world, instead of the generated one'),
  SIM_CLOCK_START: instant.optional().describe('ISO instant at which the clock starts'),
  SIM_CLOCK_SPEED: z.coerce
    .number()
    .min(0)
    .default(1)
    .describe('simulated seconds per real second; 0 = moves only when told'),
  SIM_WORLD_UNTIL: instant.optional().describe('ISO instant at which life stops'),
  SIM_HISTORY_UNTIL: instant
    .optional()
    .describe('ISO instant where the history ends, when not at the start of the clock'),
  SIM_LOST_RECORDINGS: z.coerce.number().min(0).max(1).default(0).describe('share of recordings that never appear'),
  SIM_LATE_RECORDINGS: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of contacts whose recordings are listed up to 20 hours after they are counted'),
  SIM_MONO_RECORDINGS: z.coerce.number().min(0).max(1).default(0).describe('share of recordings with one channel'),
  SIM_RATE_LIMIT_PER_MINUTE: whole(1).default(300).describe('calls per client id in any sliding minute'),
  SIM_CLIENT_ID: z.string().default('simulated-client').describe('client id of the app that is already authorized'),
  SIM_CLIENT_SECRET: z.string().default('simulated-secret').describe('its secret'),
  SIM_REFRESH_TOKEN: z.string().default('simulated-refresh-token').describe('its refresh token'),
  SIM_AUTHORIZATION_CODE: z.string().default('simulated-code').describe('an authorization code it may use once'),
  SIM_SCOPES: z
    .string()
    .default('cjp:config_read spark:people_read')
    .transform(splitScopes)
    .describe('what that refresh token and that code are good for, separated by spaces'),
  SIM_REDIRECT_URIS: z
    .string()
    .default('http://localhost:*,http://127.0.0.1:*')
    .transform((text) => text.split(',').filter(Boolean))
    .describe(
      'where that app may send people back to after consent, separated by commas; :* stands for any port and path',
    ),
  SIM_AUTHORIZATION_CODE_SECONDS: whole(1)
    .default(600)
    .describe('life of authorization codes given after consent (10 minutes, the most OAuth recommends)'),
  SIM_ACCESS_TOKEN_SECONDS: whole(1)
    .default(1_209_600)
    .describe('life of access tokens (14 days; 43200 in older tenants)'),
  SIM_REFRESH_TOKEN_SECONDS: whole(1)
    .default(7_776_000)
    .describe('life of refresh tokens (90 days; 5184000 in older tenants)'),
  SIM_REFRESH_TOKEN_ROTATES: z
    .stringbool()
    .default(false)
    .describe('each refresh answers a new refresh token and kills the old one'),
  SIM_REFRESH_CLOCK_RESETS: z
    .stringbool()
    .default(true)
    .describe('each refresh starts the life of the refresh token anew'),
  SIM_TOKEN_FORM: z
    .enum(TOKEN_FORMS)
    .default('suffixed')
    .describe('access tokens: opaque with _cluster_orgId at the end, or like a JWT without it; both were seen'),
  SIM_TOKEN_ERROR_FORM: z
    .enum(['wrapped', 'oauth'])
    .default('wrapped')
    .describe(
      'refusals of the token endpoint: as webexapis.com wraps errors of inner services, or as RFC 6749 has them',
    ),
  SIM_WINDOW_BOUNDS: z
    .enum(['half-open', 'closed', 'open'])
    .default('half-open')
    .describe('whether from and to belong to the window'),
  SIM_SPAN_LIMIT: z.enum(['365-days', '13-months']).default('365-days').describe('longest to - from'),
  SIM_INNER_TIES: z
    .enum(['whole', 'skip'])
    .default('whole')
    .describe('activities of one millisecond at the end of an inner page: kept together, or lost behind the cut'),
  SIM_INDEX_LAG_SECONDS: secondsRange
    .default({ leastMs: 0, mostMs: 0 })
    .describe('how much later the index knows of anything; a range is drawn per record'),
  SIM_LAST_ACTIVITY: z
    .enum(['every-change', 'until-ended'])
    .default('every-change')
    .describe('whether wrap-up, recordings and scores move lastActivityTime'),
  SIM_REPLICAS: whole(1)
    .max(9)
    .default(1)
    .describe('copies of the index that answer in turn; later ones know scores and topics later'),
  SIM_EMPTY_OBJECTS: z
    .enum(['members-null', 'null'])
    .default('members-null')
    .describe('an absent nested object: an object of nulls, or null'),
  SIM_GRAPHQL_ERROR_STATUS: z
    .enum(['200', '400'])
    .default('400')
    .transform(Number)
    .describe('HTTP status of queries that do not validate'),
  SIM_LIMIT_ERROR_STATUS: z
    .enum(['400', '422'])
    .default('400')
    .transform(Number)
    .describe('HTTP status of queries beyond a documented limit'),
  SIM_INTROSPECTION: z
    .stringbool()
    .default(false)
    .describe('whether the schema may be asked for by GraphQL introspection'),
  SIM_WRONG_REGION_STATUS: z
    .enum(['401', '403', '404'])
    .default('403')
    .transform(Number)
    .describe('answer to a token whose organization lives in another region'),
  SIM_CAPTURES_ORG_ID: z
    .enum(['required', 'optional'])
    .default('required')
    .describe('whether Captures needs orgId of user tokens too; service apps always need it'),
  SIM_OPEN_CAPTURES: z
    .enum(['listed', 'absent'])
    .default('listed')
    .describe('recordings of open tasks: listed as far as they go, or not before they are ready'),
  SIM_VOICE_TRANSCRIPTS: z
    .enum(['mixed', 'legacy', 'vcon', 'none'])
    .default('mixed')
    .describe('form of voice transcripts: one of the two for each task, always the same, or none at all'),
  SIM_DIGITAL_TRANSCRIPTS: z
    .enum(['legacy', 'versioned'])
    .default('legacy')
    .describe('form of chat, e-mail and social transcripts when only one is asked for'),
  SIM_WEBHOOK_LOCAL: z
    .stringbool()
    .default(true)
    .describe('whether webhooks may go to http:// and to hosts that are not public; the vendor refuses them'),
  SIM_WEBHOOK_RETRY_SECONDS: z
    .string()
    .regex(/^(\d+(,\d+)*)?$/, 'seconds, separated by commas')
    .default('10,60,300')
    .transform((text) => text.split(',').filter(Boolean).map(Number))
    .describe('pauses between the attempts of a webhook, in simulated seconds; after the last one it has failed'),
  SIM_WEBHOOK_MAX_FAILURES: whole(1)
    .default(10)
    .describe('webhooks that failed in a row make their subscription inactive'),
  SIM_WEBHOOK_TIMESTAMP: z
    .enum(['number', 'text'])
    .default('number')
    .describe('comciscotimestamp of webhooks: both were seen'),
  SIM_WEBHOOK_LOSS: z.coerce.number().min(0).max(1).default(0).describe('share of webhooks that are never sent'),
  SIM_WEBHOOK_DOUBLES: z.coerce.number().min(0).max(1).default(0).describe('share of webhooks that are sent twice'),
  SIM_WEBHOOK_SHUFFLE_SECONDS: z.coerce
    .number()
    .min(0)
    .default(0)
    .describe('webhooks are late by up to so many simulated seconds, so that they overtake each other'),
  SIM_DROP_TASKS: whole(0).default(0).describe('so many tasks are missing from lists while counts include them'),
})

/** Every setting, in the units of its name; README.md describes each. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>

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
  const set = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''))
  const given = { ...PERSONAS[PERSONA_NAMES.find((name) => name === set['SIM_PERSONA']) ?? 'documented'], ...set }
  const parsed = settingsSchema.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  throw new SettingsError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
}
