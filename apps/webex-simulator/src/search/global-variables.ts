import { isRecord, recordsIn } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'

/** The five typed accessors of tasks and legs; each sees the variables of its type only. */
export const GLOBAL_VARIABLE_TYPES = {
  stringGlobalVariables: 'String',
  integerGlobalVariables: 'Int',
  longGlobalVariables: 'Long',
  doubleGlobalVariables: 'Float',
  booleanGlobalVariables: 'Boolean',
} as const

export type GlobalVariableKind = keyof typeof GLOBAL_VARIABLE_TYPES

export interface GlobalVariable {
  readonly name: string
  readonly value: Json
}

export function isGlobalVariableKind(name: string): name is GlobalVariableKind {
  return Object.hasOwn(GLOBAL_VARIABLE_TYPES, name)
}

const fits: Readonly<Record<GlobalVariableKind, (value: Json) => boolean>> = {
  stringGlobalVariables: (value) => typeof value === 'string',
  integerGlobalVariables: (value) => Number.isInteger(value),
  longGlobalVariables: (value) => Number.isInteger(value),
  doubleGlobalVariables: (value) => typeof value === 'number',
  booleanGlobalVariables: (value) => typeof value === 'boolean',
}

/**
 * A record's variables of one kind: what it lists under the accessor's own name (recorded answers do), else those of its `globalVariables`
 * object whose JSON type fits.
 */
export function globalVariablesOf(record: RecordOf, kind: GlobalVariableKind): readonly GlobalVariable[] {
  const own = record[kind]
  if (own !== null && typeof own === 'object') {
    return recordsIn(Array.isArray(own) ? own : [own]).flatMap(({ name, value }) =>
      typeof name === 'string' ? [{ name, value: value ?? null }] : [],
    )
  }
  const all = record['globalVariables']
  if (!isRecord(all)) return []
  return Object.entries(all).flatMap(([name, value]) => (fits[kind](value) ? [{ name, value }] : []))
}
