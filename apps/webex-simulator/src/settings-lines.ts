import type { z } from 'zod'
import { settingsSchema } from './settings.ts'
import type { Settings } from './settings.ts'

export interface SettingLine {
  readonly name: string
  readonly text: string
  /** As it would be written; undefined where there is none. */
  readonly preset: string | undefined
  /** What may be chosen, when it is one of few. */
  readonly choices: readonly string[]
}

/** Every setting with its line of help, in the order of the schema. */
export const SETTING_LINES: readonly SettingLine[] = Object.entries(settingsSchema.shape).map(([name, type]) => ({
  name,
  text: type.description ?? '',
  preset: presetOf(type),
  choices: choicesOf(type),
}))

interface Definition {
  readonly type?: string
  readonly defaultValue?: unknown
  readonly in?: z.ZodType
  readonly innerType?: z.ZodType
  readonly entries?: Readonly<Record<string, string>>
}

/** A schema and what it wraps, outermost first: defaults and transformations lie around the type itself. */
function* layersOf(type: z.ZodType): Generator<Definition> {
  const definition: Definition = type.def
  yield definition
  const inner = definition.innerType ?? definition.in
  if (inner !== undefined) yield* layersOf(inner)
}

function presetOf(type: z.ZodType): string | undefined {
  for (const { defaultValue } of layersOf(type)) if (defaultValue !== undefined) return written(defaultValue)
  return undefined
}

function choicesOf(type: z.ZodType): readonly string[] {
  for (const { entries } of layersOf(type)) if (entries !== undefined) return Object.values(entries)
  return []
}

/** Ranges of seconds are kept in milliseconds. */
function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if ('leastMs' in value && 'mostMs' in value) {
    const [least, most] = [Number(value.leastMs) / 1000, Number(value.mostMs) / 1000]
    return least === most ? String(least) : `${least}-${most}`
  }
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value)
}

/** Settings nobody may read off a page. */
const SECRET = new Set(['SIM_CLIENT_SECRET', 'SIM_REFRESH_TOKEN', 'SIM_AUTHORIZATION_CODE'])

const INSTANTS = new Set(['SIM_CLOCK_START', 'SIM_WORLD_UNTIL', 'SIM_HISTORY_UNTIL'])

/** Settings besides the persona that are not as they would be by themselves, by name; no secret is among them. */
export function changedSettings(settings: Settings): Readonly<Record<string, string>> {
  const plain = settingsSchema.parse({})
  const changed = Object.entries(settings).filter(
    ([name, value]) =>
      !SECRET.has(name) &&
      name !== 'SIM_PERSONA' &&
      JSON.stringify(value) !== JSON.stringify(plain[name as keyof typeof plain]),
  )
  return Object.fromEntries(
    changed.map(([name, value]) => [
      name,
      INSTANTS.has(name) ? new Date(Number(value)).toISOString().replace('.000Z', 'Z') : written(value),
    ]),
  )
}
