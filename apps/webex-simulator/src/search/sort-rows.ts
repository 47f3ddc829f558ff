import type { Json, RecordOf } from '../world.ts'
import type { Root } from './field-table.ts'
import { globalVariablesOf, isGlobalVariableKind } from './global-variables.ts'
import { readPath } from './row.ts'
import type { SelectedLeaf } from './selection.ts'

/** Order of JSON values: absent first, then by value; text by code unit, objects and lists by their JSON. */
export function compareJson(a: Json, b: Json): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  if (typeof a === 'object' || typeof b === 'object') return compareJson(JSON.stringify(a), JSON.stringify(b))
  return a < b ? -1 : a > b ? 1 : 0
}

/** One `field(sort: …)` of a row. */
export interface SortKey {
  readonly path: string
  readonly keys: readonly string[]
  /** Of a global variable: which one. */
  readonly variable?: string
  readonly sign: 1 | -1
}

/** What `field(sort: …)` asks for, the first such field of the selection weighing most. Those of activities order activities. */
export function sortKeysOf(root: Root, leaves: readonly SelectedLeaf[]): readonly SortKey[] {
  return leaves.flatMap(({ path, args }): readonly SortKey[] => {
    const field = root.fields.get(path)
    const { sort, name } = args
    if (field?.depth !== 0 || sort === undefined || sort === null) return []
    const { keys } = field
    const ofVariable = isGlobalVariableKind(keys[0] ?? '') ? { variable: String(name) } : {}
    return [{ path, keys, ...ofVariable, sign: sort === 'desc' ? -1 : 1 }]
  })
}

function sortValue({ keys, variable }: SortKey, record: RecordOf): Json {
  const [kind = '', member = ''] = keys
  if (variable === undefined || !isGlobalVariableKind(kind)) return readPath(record, keys)
  const found = globalVariablesOf(record, kind).find(({ name }) => name === variable)
  return found === undefined ? null : member === 'name' ? found.name : found.value
}

export function sortValues(keys: readonly SortKey[], record: RecordOf): readonly Json[] {
  return keys.map((key) => sortValue(key, record))
}

export function compareSortValues(keys: readonly SortKey[], a: readonly Json[], b: readonly Json[]): number {
  for (const [position, { sign }] of keys.entries()) {
    const order = compareJson(a[position] ?? null, b[position] ?? null)
    if (order !== 0) return order * sign
  }
  return 0
}
