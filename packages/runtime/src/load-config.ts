import { z } from 'zod'

/** Settings that are missing or wrong, all of them, by name and never by value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly settings: readonly string[]

  constructor(problems: readonly { readonly setting: string; readonly problem: string }[]) {
    super(problems.map(({ setting, problem }) => `${setting} ${problem}`).join('; '))
    this.settings = problems.map(({ setting }) => setting)
  }
}

type Shape = Readonly<Record<string, z.ZodType>>

/**
 * Reads settings once and freezes them. `shape` joins the slices that packages export (`{ ...databaseSettings, ...queueSettings }`); a
 * whole zod object is taken too, for checks across settings. Empty text counts as unset. Throws one `ConfigError` with every mistake.
 */
export function loadConfig<S extends Shape>(
  shape: S,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<S>>
export function loadConfig<T>(schema: z.ZodType<T>, env: Readonly<Record<string, string | undefined>>): T
export function loadConfig(given: Shape | z.ZodType, env: Readonly<Record<string, string | undefined>>): unknown {
  const schema = given instanceof z.ZodType ? given : z.object(given)
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const result = schema.safeParse(set)
  if (result.success) return Object.freeze(result.data)
  throw new ConfigError(
    result.error.issues.map((issue) => {
      const setting = issue.path.length === 0 ? 'settings:' : issue.path.join('.')
      return { setting, problem: setting in set || issue.path.length === 0 ? problemOf(issue) : 'is not set' }
    }),
  )
}

/** Our own messages ("must be …") are kept; zod's are worded so that they name kinds and choices, never what was given. */
function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be a ${issue.expected}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `must be at least ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    case 'custom':
      return issue.message
    default:
      return issue.message.startsWith('must ') ? issue.message : 'is not valid'
  }
}
