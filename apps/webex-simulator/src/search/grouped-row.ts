import type { Json } from '../world.ts'
import type { Group } from './aggregate.ts'
import type { GroupKey } from './aggregation-request.ts'
import type { Root } from './field-table.ts'

/** Marks a result row that is a group and not a record: its lists hold the one element that carries the keys. */
export const GROUPED: unique symbol = Symbol('grouped')

export interface GroupedRow {
  readonly [GROUPED]: { readonly variables: ReadonlyMap<string, Json> }
  readonly [field: string]: unknown
}

export function isGrouped(source: unknown): source is GroupedRow {
  return typeof source === 'object' && source !== null && GROUPED in source
}

export function variableId(kind: string, name: string): string {
  return `${kind}:${name}`
}

interface Nested {
  [key: string | symbol]: unknown
}

/** A group as the answer nests it: keys at their paths, a channel and an activity as lists of one. */
export function groupedRow(root: Root, keys: readonly GroupKey[], group: Group): GroupedRow {
  const variables = new Map<string, Json>()
  const row: Nested = { intervalStartTime: group.intervalStartTime, aggregation: group.aggregation }
  const containers = new Map<string, Nested>([['', row]])
  for (const [position, key] of keys.entries()) {
    const value = group.values[position] ?? null
    if (key.variable === undefined) containerOf(root, containers, key.path)[key.path.split('.').at(-1) ?? ''] = value
    else variables.set(variableId(key.variable.kind, key.variable.name), value)
  }
  return { ...row, [GROUPED]: { variables } }
}

/** The object a path ends in, made with all above it when first asked for. */
function containerOf(root: Root, containers: Map<string, Nested>, path: string): Nested {
  const above = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : ''
  const known = containers.get(above)
  if (known !== undefined) return known
  // `activities` hangs below the channel in sessions: its resolver must know the channel for a group's, too.
  const made: Nested = { [GROUPED]: { variables: new Map() } }
  containers.set(above, made)
  containerOf(root, containers, above)[above.split('.').at(-1) ?? ''] = root.lists.includes(above) ? [made] : made
  return made
}
