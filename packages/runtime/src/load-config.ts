import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ReadableError } from './readable-error.ts'

/** One setting and what is wrong with it: "must be …", "is not set". Never its value. */
export interface SettingProblem {
  readonly setting: string
  readonly problem: string
}

/** Settings that are missing or wrong, all of them, by name and never by value. */
export class ConfigError extends ReadableError {
  override readonly name = 'ConfigError'
  readonly settings: readonly string[]

  constructor(problems: readonly SettingProblem[]) {
    super(problems.map(({ setting, problem }) => `${setting} ${problem}`).join('; '))
    this.settings = problems.map(({ setting }) => setting)
  }
}

type Shape = Readonly<Record<string, z.ZodType>>
type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads settings once and freezes them. `shape` joins the slices that packages export (`{ ...databaseSettings, ...queueSettings }`); a
 * whole zod object is taken too. Empty text counts as unset. `NAME_FILE` names a file that holds the value of `NAME`, as container secrets are
 * mounted; one final line break is not part of it. `missing` looks across settings for what one needs because of another; it is
 * asked also when others are wrong. Throws one `ConfigError` with every mistake.
 */
export function loadConfig<S extends Shape>(
  shape: S,
  env: Environment,
  missing?: (set: Environment) => readonly SettingProblem[],
): z.infer<z.ZodObject<S>>
export function loadConfig<T>(schema: z.ZodType<T>, env: Environment): T
export function loadConfig(
  given: Shape | z.ZodType,
  env: Environment,
  missing?: (set: Environment) => readonly SettingProblem[],
): unknown {
  const schema = given instanceof z.ZodType ? given : z.object(given)
  const told = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const files = readFiles(schema, told)
  const set: Environment = { ...told, ...files.values }
  const result = schema.safeParse(set)
  const problems = [
    ...files.problems,
    ...(result.error?.issues ?? []).flatMap((issue) => {
      const setting = issue.path.length === 0 ? 'settings:' : issue.path.join('.')
      if (files.problems.some((one) => one.setting === `${setting}_FILE`)) return []
      return { setting, problem: setting in set || issue.path.length === 0 ? problemOf(issue) : 'is not set' }
    }),
    ...(missing?.(set) ?? []),
  ]
  if (result.success && problems.length === 0) return Object.freeze(result.data)
  throw new ConfigError(problems)
}

/** Values of those settings of the schema that are not set but named as a file. */
function readFiles(schema: z.ZodType, env: Environment) {
  const values: Record<string, string> = {}
  const problems: SettingProblem[] = []
  for (const name of schema instanceof z.ZodObject ? Object.keys(schema.shape) : []) {
    const file = env[`${name}_FILE`]
    if (file === undefined || env[name] !== undefined) continue
    try {
      values[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    } catch (error) {
      problems.push({ setting: `${name}_FILE`, problem: `cannot be read (${(error as NodeJS.ErrnoException).code})` })
    }
  }
  return { values, problems }
}

/** Our own messages ("must be …") are kept; zod's are worded so that they name kinds and choices, never what was given. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message
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
      return 'is not valid'
  }
}
