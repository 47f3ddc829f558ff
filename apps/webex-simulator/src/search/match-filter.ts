/** Filters as predicates over rows: compiled once per query, nothing allocated per row. Groups and objects as in webex-cc-api §3.5. */
import { isRecord } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Field, Root } from './field-table.ts'
import { factsOf, factsOfAny, idPathOf, joinFacts, NO_FACTS } from './filter-facts.ts'
import type { FilterFacts } from './filter-facts.ts'
import { globalVariablesOf, isGlobalVariableKind } from './global-variables.ts'
import type { GlobalVariableKind } from './global-variables.ts'
import { QueryRefused } from './refusal.ts'
import { readPath } from './row.ts'
import type { Row } from './row.ts'
import { expressionTest } from './value-test.ts'

/** A filter as GraphQL delivers it: groups, nested objects and operator objects. */
export type FilterInput = RecordOf
type Test = (row: Row) => boolean

export interface CompiledFilter {
  readonly test: Test
  /** Deepest list a condition looks into. */
  readonly depth: number
  /** Dotted paths of the fields it reads, e.g. `lastQueue.id`; global variables by accessor. */
  readonly paths: ReadonlySet<string>
  readonly facts: FilterFacts
}

const PASS: CompiledFilter = { test: () => true, depth: 0, paths: new Set(), facts: NO_FACTS }
const GROUPS = new Set(['and', 'or', 'not'])

function together(parts: readonly CompiledFilter[]): Pick<CompiledFilter, 'depth' | 'paths'> {
  return {
    depth: Math.max(0, ...parts.map((part) => part.depth)),
    paths: new Set(parts.flatMap((part) => [...part.paths])),
  }
}

function all(parts: readonly CompiledFilter[]): CompiledFilter {
  const [first, second] = parts
  if (first === undefined) return PASS
  if (second === undefined) return first
  return {
    ...together(parts),
    test: (row) => parts.every((part) => part.test(row)),
    facts: joinFacts(parts.map((part) => part.facts)),
  }
}

/** `or: [{id:{equals:…}}, …]` is how lists of ids are asked for; a set keeps 1,000 of them cheap. */
function idSet(root: Root, branches: readonly FilterInput[]): CompiledFilter | undefined {
  const path = idPathOf(root)
  const ids = new Set<Json | undefined>()
  const texts = new Set<string>()
  for (const branch of branches) {
    const expression = branch[path]
    if (Object.keys(branch).length !== 1 || !isRecord(expression) || Object.keys(expression).length !== 1) {
      return undefined
    }
    const { equals } = expression
    if (typeof equals !== 'string') return undefined
    ids.add(equals)
    texts.add(equals)
  }
  return {
    test: ([record]) => ids.has(record?.[path]),
    depth: 0,
    paths: new Set([path]),
    facts: { ...NO_FACTS, ids: texts },
  }
}

function group(root: Root, name: string, value: unknown): CompiledFilter {
  if (name === 'not') {
    const inner = compileFilter(root, isRecord(value) ? value : {})
    return { ...inner, test: (row) => !inner.test(row), facts: NO_FACTS }
  }
  const branches = (Array.isArray(value) ? value : [value]).filter(isRecord)
  if (name === 'or' && branches.length > 0) {
    const ids = idSet(root, branches)
    if (ids !== undefined) return ids
  }
  const parts = branches.map((branch) => compileFilter(root, branch))
  if (name === 'and' || parts.length === 0) return all(parts)
  return {
    ...together(parts),
    test: (row) => parts.some((part) => part.test(row)),
    facts: factsOfAny(parts.map((part) => part.facts)),
  }
}

function globalVariable(kind: GlobalVariableKind, filter: FilterInput): CompiledFilter {
  const nameTest = expressionTest(filter['name'])
  const valueMatches = expressionTest(filter['value'])
  return {
    ...PASS,
    test: ([record]) =>
      record !== undefined &&
      globalVariablesOf(record, kind).some(({ name, value }) => nameTest(name) && valueMatches(value)),
    paths: new Set([kind]),
  }
}

/** Where a path lies: how many lists above it, and the keys from the innermost element down. */
function placeOf(root: Root, path: string): { readonly depth: number; readonly keys: readonly string[] } {
  const above = root.lists.filter((list) => path === list || path.startsWith(`${list}.`))
  const innermost = above.at(-1)
  const rest = innermost === undefined ? path : path.slice(innermost.length + 1)
  return { depth: above.length, keys: rest === '' ? [] : rest.split('.') }
}

/** JSON columns hold a list of objects (skills): one of them must meet every condition. `equals: null` asks whether there are any. */
function jsonField(field: Field, filter: FilterInput): CompiledFilter {
  const { equals, notequals, ...members } = filter
  const conditions = Object.entries(members).map(([key, expression]) => ({
    key,
    test: expressionTest(isRecord(expression) ? expression : { equals: expression ?? null }),
  }))
  const { depth, keys } = field
  const test: Test = (row) => {
    const value = readPath(row[depth], keys)
    if (equals !== undefined && !isSame(value, equals)) return false
    if (notequals !== undefined && isSame(value, notequals)) return false
    if (conditions.length === 0) return true
    const items = Array.isArray(value) ? value : [value]
    return items.some(
      (item) => isRecord(item) && conditions.every((condition) => condition.test(item[condition.key] ?? null)),
    )
  }
  return { ...PASS, test, depth, paths: new Set([field.path]) }
}

/** Objects are the same when every member asked about is; nothing known of an object is as good as no object. */
function isSame(value: Json | undefined, expected: Json | undefined): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(value) &&
      value.length === expected.length &&
      expected.every((item, position) => isSame(value[position], item))
    )
  }
  if (isRecord(expected)) {
    return Object.entries(expected).every(([key, member]) => isSame(isRecord(value) ? value[key] : null, member))
  }
  if (expected === null || expected === undefined) return isNothing(value)
  return value === expected
}

function isNothing(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.values(value).every((member) => isNothing(member))
}

function wholeObject(root: Root, path: string, operator: string, operand: Json): CompiledFilter {
  if (operand !== null && !isRecord(operand)) throw new QueryRefused(`${path}: ${operator} needs an object`)
  const { depth, keys } = placeOf(root, path)
  const isEqual: Test = (row) => isSame(readPath(row[depth], keys), operand)
  const paths = new Set([...root.fields.keys()].filter((field) => field.startsWith(`${path}.`)))
  return { ...PASS, test: operator === 'equals' ? isEqual : (row) => !isEqual(row), depth, paths }
}

/** A test of one field, reading it the shortest way: most lie directly in their element. */
function fieldTest({ depth, keys }: Field, test: (value: Json) => boolean): Test {
  const [key, member] = keys
  if (key !== undefined && member === undefined) return (row) => test(row[depth]?.[key] ?? null)
  return (row) => test(readPath(row[depth], keys))
}

function condition(root: Root, path: string, value: unknown): CompiledFilter {
  if (!isRecord(value)) return PASS
  if (isGlobalVariableKind(path)) return globalVariable(path, value)
  const field = root.fields.get(path)
  if (field === undefined) {
    return all(
      Object.entries(value).map(([key, inner]) =>
        key === 'equals' || key === 'notequals'
          ? wholeObject(root, path, key, inner)
          : condition(root, `${path}.${key}`, inner),
      ),
    )
  }
  if (field.type === 'JSON') return jsonField(field, value)
  return {
    test: fieldTest(field, expressionTest(value)),
    depth: field.depth,
    paths: new Set([path]),
    facts: field.depth === 0 ? factsOf(root, path, value) : NO_FACTS,
  }
}

/** Compiles a `filter` or `extFilter`; an absent one lets everything pass. */
export function compileFilter(root: Root, filter: FilterInput | null | undefined): CompiledFilter {
  return all(
    Object.entries(filter ?? {}).map(([key, value]) =>
      GROUPS.has(key) ? group(root, key, value) : condition(root, key, value),
    ),
  )
}

/** Comparisons in a filter; the vendor allows 1,000 per query. */
export function countElements(filter: unknown): number {
  if (Array.isArray(filter)) return filter.reduce((sum: number, item) => sum + countElements(item), 0)
  if (!isRecord(filter)) return 1
  return Object.values(filter).reduce((sum: number, item) => sum + countElements(item), 0)
}
