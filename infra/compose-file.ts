import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'

export const ROOT = path.join(import.meta.dirname, '..')
export const COMPOSE_FILE = path.join(ROOT, 'docker-compose.yml')

/** What the tests read of a service. */
export interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly profiles?: readonly string[]
  readonly container_name?: string
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly restart?: string
  readonly init?: boolean
  readonly stop_grace_period?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

export const composeText = readFileSync(COMPOSE_FILE, 'utf8')

/** The file as compose reads it, anchors merged, `${NAME}` not yet filled in. */
export const compose = parse(composeText, { merge: true }) as ComposeFile

/** The services that run our image, by name. */
export const ourServices: readonly (readonly [string, Service])[] = Object.entries(compose.services).filter(
  ([, service]) => service.build !== undefined,
)

export interface Variable {
  readonly name: string
  readonly kind: 'plain' | 'default' | 'required'
  /** The default, or what compose says when it is missing. */
  readonly text: string
}

const VARIABLE = /\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g

/** Every `${NAME}`, `${NAME:-default}` and `${NAME:?say what}` of a text, in order. */
export function variablesOf(text: string): Variable[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '', operator, rest = '']) => ({
    name,
    kind: operator === ':-' ? 'default' : operator === ':?' ? 'required' : 'plain',
    text: rest,
  }))
}

/** Fills variables in as compose does. Throws for a required one that is empty or absent, with the file's own words. */
export function fill(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (_all, name: string, operator: string | undefined, rest: string | undefined) => {
    const value = given[name] ?? ''
    if (value !== '') return value
    if (operator === ':?') throw new Error(`${name}: ${rest}`)
    return rest ?? ''
  })
}

/** The environment a container of this service gets from the file. */
export function environmentOf(service: Service, given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [name, fill(value, given)]),
  )
}

/** "40s" or "5m" in milliseconds. */
export function durationMs(text: string): number {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(text) ?? []
  if (count === undefined) throw new RangeError(`not a duration in s or m: ${text}`)
  return Number(count) * (unit === 'm' ? 60_000 : 1_000)
}
