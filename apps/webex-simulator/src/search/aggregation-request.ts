/** What an aggregation query asks, checked against the field table. */
import type { Json, RecordOf } from '../world.ts'
import { NUMERIC } from './field-table.ts'
import type { Field, Root } from './field-table.ts'
import { globalVariablesOf, isGlobalVariableKind } from './global-variables.ts'
import { compileFilter } from './match-filter.ts'
import type { CompiledFilter, FilterInput } from './match-filter.ts'
import { QueryRefused } from './refusal.ts'
import { readField, readPath } from './row.ts'
import type { Row } from './row.ts'
import type { SelectedLeaf } from './selection.ts'

export type AggregationType = 'count' | 'cardinality' | 'sum' | 'average' | 'min' | 'max'

/** One element of `aggregations`, as GraphQL delivers it. */
export interface AggregationInput {
  readonly field: string
  readonly type: AggregationType
  readonly name: string
  readonly filter?: FilterInput | null
  readonly extFilter?: FilterInput | null
  readonly predicate?: FilterInput | null
}

export interface Aggregation {
  readonly name: string
  readonly type: AggregationType
  /** Field it reads. */
  readonly path: string
  /** Depth of the thing counted: each record, channel or activity weighs once per group. */
  readonly depth: number
  readonly filters: readonly CompiledFilter[]
  /** Whether any of them says something. */
  readonly hasFilter: boolean
  readonly read: (row: Row) => Json
}

export interface GroupKey {
  /** Name in the cursor. */
  readonly path: string
  readonly depth: number
  readonly descending: boolean
  readonly read: (row: Row) => Json
  /** Set when the key is a global variable. */
  readonly variable: { readonly kind: string; readonly name: string } | undefined
}

const MAX_GROUP_KEYS = 10
const ARITHMETIC: ReadonlySet<AggregationType> = new Set<AggregationType>(['sum', 'average', 'min', 'max'])

export function readAggregation(root: Root, input: AggregationInput): Aggregation {
  const field = root.fields.get(input.field)
  if (field === undefined || !field.canAggregate)
    throw new QueryRefused(`aggregations: ${input.field} cannot be aggregated`)
  if (ARITHMETIC.has(input.type) && !NUMERIC.has(field.type)) {
    throw new QueryRefused(`aggregations: ${input.type} needs a numeric field, ${input.field} is not`)
  }
  const filters = [compileFilter(root, input.filter), compileFilter(root, input.extFilter)]
  const { name, type, predicate } = input
  const hasFilter = input.filter != null || input.extFilter != null
  return { name, type, path: field.path, depth: field.depth, filters, hasFilter, read: readerOf(field, predicate) }
}

/** A global variable is aggregated by value, its name given by `predicate`. */
function readerOf(field: Field, predicate: FilterInput | null | undefined): (row: Row) => Json {
  const [kind = ''] = field.keys
  if (!isGlobalVariableKind(kind)) return (row) => readField(row, field)
  const wanted = readPath(predicate ?? undefined, [kind, 'name', 'equals'])
  if (typeof wanted !== 'string') throw new QueryRefused(`aggregations: ${kind} needs a predicate with its name`)
  return ([record]) => variableValue(record, kind, wanted)
}

function variableValue(record: RecordOf | undefined, kind: string, name: string): Json {
  if (record === undefined || !isGlobalVariableKind(kind)) return null
  return globalVariablesOf(record, kind).find((variable) => variable.name === name)?.value ?? null
}

/** Selected scalars are the group keys; `aggregation`, counts and page information are not scalars of the record. */
export function groupKeys(root: Root, leaves: readonly SelectedLeaf[]): readonly GroupKey[] {
  const keys = leaves.flatMap((leaf): readonly GroupKey[] => {
    const field = root.fields.get(leaf.path)
    if (field === undefined) return []
    const [kind = ''] = field.keys
    if (!field.canGroup) throw new QueryRefused(`${leaf.path} cannot be grouped by`)
    if (isGlobalVariableKind(kind)) return [variableKey(leaf, kind)]
    const read = (row: Row) => readField(row, field)
    return [
      { path: leaf.path, depth: field.depth, descending: leaf.args['sort'] === 'desc', read, variable: undefined },
    ]
  })
  if (keys.length > MAX_GROUP_KEYS) throw new QueryRefused(`more than ${MAX_GROUP_KEYS} fields to group by`)
  return keys
}

function variableKey(leaf: SelectedLeaf, kind: string): GroupKey {
  const name = String(leaf.args['name'])
  const read = ([record]: Row) => variableValue(record, kind, name)
  return { path: leaf.path, depth: 0, descending: leaf.args['sort'] === 'desc', read, variable: { kind, name } }
}
