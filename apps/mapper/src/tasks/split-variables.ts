import { member, textMember } from '../pages/vendor-answer.ts'

type Variables = Readonly<Record<string, unknown>>

/** Global variables of a task: those allowed by name may be reported on, all others are personal data until somebody says otherwise. */
export interface SplitVariables {
  readonly allowed: Variables | null
  readonly personal: Variables | null
}

/** Names are compared as the vendor spells them. Accepts an object by name, a list of `{ name, value }`, or either as JSON text (§3.8). */
export function splitVariables(globalVariables: unknown, allowedNames: ReadonlySet<string>): SplitVariables {
  const variables = Object.entries(byName(globalVariables)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    allowed: toObject(variables.filter(([name]) => allowedNames.has(name))),
    personal: toObject(variables.filter(([name]) => !allowedNames.has(name))),
  }
}

function byName(value: unknown): Variables {
  if (typeof value === 'string') return byName(parsed(value))
  if (Array.isArray(value)) {
    const named = value.flatMap((item: unknown) => {
      const name = textMember(item, 'name')
      return name === null ? [] : [[name, member(item, 'value') ?? null] as const]
    })
    return Object.fromEntries(named)
  }
  return typeof value === 'object' && value !== null ? (value as Variables) : {}
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? null : value
  } catch {
    return { text }
  }
}

function toObject(entries: readonly (readonly [string, unknown])[]): Variables | null {
  return entries.length === 0 ? null : Object.fromEntries(entries)
}
