/** Filters as predicates over rows. Pure; the operators are those of the vendor's filter documentation. */
import { isRecord } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Field, Root } from './field-table.ts'
import { globalVariablesOf, isGlobalVariableKind } from './global-variables.ts'
import type { GlobalVariableKind } from './global-variables.ts'
import { QueryRefused } from './refusal.ts'
import { readField, readPath } from './row.ts'
import type { Row } from './row.ts'

/** A filter as GraphQL delivers it: groups, nested objects and operator objects. */
export type FilterInput = RecordOf
type Test = (row: Row) => boolean

export interface CompiledFilter {
  readonly test: Test
  /** Deepest list a condition looks into. */
  readonly depth: number
}

const GROUPS = new Set(['and', 'or', 'not'])

function regularExpression(pattern: string): RegExp {
  try {
    // Whole value, as Lucene-like engines match; `+12…` is a phone number far more often than a quantifier.
    return new RegExp(`^(?:${pattern.replace(/^\+/, '\\+')})$`, 'u')
  } catch {
    throw new QueryRefused('match: not a regular expression')
  }
}

function valueTest(operator: string, operand: unknown): (value: Json) => boolean {
  switch (operator) {
    case 'equals':
      return (value) => value === (operand ?? null)
    case 'notequals':
      return (value) => value !== (operand ?? null)
    case 'contains':
      return (value) => typeof value === 'string' && value.includes(String(operand))
    case 'match': {
      const pattern = regularExpression(String(operand))
      return (value) => typeof value === 'string' && pattern.test(value)
    }
    case 'gt':
      return (value) => typeof value === 'number' && value > Number(operand)
    case 'gte':
      return (value) => typeof value === 'number' && value >= Number(operand)
    case 'lt':
      return (value) => typeof value === 'number' && value < Number(operand)
    case 'lte':
      return (value) => typeof value === 'number' && value <= Number(operand)
    default:
      throw new QueryRefused(`unknown operator ${operator}`)
  }
}

/** An absent expression lets everything pass. */
function expressionTest(expression: unknown): (value: Json) => boolean {
  const tests = Object.entries(isRecord(expression) ? expression : {}).map(([operator, operand]) =>
    valueTest(operator, operand),
  )
  return (value) => tests.every((test) => test(value))
}

function all(parts: readonly CompiledFilter[]): CompiledFilter {
  return {
    test: (row) => parts.every((part) => part.test(row)),
    depth: Math.max(0, ...parts.map((part) => part.depth)),
  }
}

/** `or: [{id:{equals:…}}, …]` is how lists of ids are asked for; a set keeps 1,000 of them cheap. */
function idSet(root: Root, branches: readonly FilterInput[]): CompiledFilter | undefined {
  const field = root.fields.get(root.name === 'agentSession' ? 'agentSessionId' : 'id')
  if (field === undefined) return undefined
  const ids = new Set<unknown>()
  for (const branch of branches) {
    const keys = Object.keys(branch)
    const expression = branch[field.path]
    if (keys.length !== 1 || !isRecord(expression) || Object.keys(expression).join() !== 'equals') return undefined
    ids.add(expression['equals'])
  }
  return { test: (row) => ids.has(readField(row, field)), depth: 0 }
}

function group(root: Root, name: string, value: unknown): CompiledFilter {
  if (name === 'not') {
    const inner = compileFilter(root, isRecord(value) ? value : {})
    return { test: (row) => !inner.test(row), depth: inner.depth }
  }
  const branches = (Array.isArray(value) ? value : [value]).filter(isRecord)
  if (name === 'or' && branches.length > 0) {
    const ids = idSet(root, branches)
    if (ids !== undefined) return ids
  }
  const parts = branches.map((branch) => compileFilter(root, branch))
  if (name === 'and' || parts.length === 0) return all(parts)
  return { ...all(parts), test: (row) => parts.some((part) => part.test(row)) }
}

function globalVariable(kind: GlobalVariableKind, filter: FilterInput): CompiledFilter {
  const nameTest = expressionTest(filter['name'])
  const valueMatches = expressionTest(filter['value'])
  return {
    test: ([record]) =>
      record !== undefined &&
      globalVariablesOf(record, kind).some(({ name, value }) => nameTest(name) && valueMatches(value)),
    depth: 0,
  }
}

/** JSON columns hold a list of objects (skills): one of them must meet every condition. */
function jsonField(field: Field, filter: FilterInput): CompiledFilter {
  const conditions = Object.entries(filter).map(([key, expression]) => ({
    key,
    test: expressionTest(isRecord(expression) ? expression : { equals: expression }),
  }))
  const test: Test = (row) => {
    const value = readField(row, field)
    const items = (Array.isArray(value) ? value : [value]).filter(isRecord)
    return items.some((item) => conditions.every((condition) => condition.test(item[condition.key] ?? null)))
  }
  return { test, depth: field.depth }
}

function wholeObject(root: Root, path: string, operator: string, operand: unknown): CompiledFilter {
  if (!isRecord(operand)) throw new QueryRefused(`${path}: ${operator} needs an object`)
  const sample = [...root.fields.values()].find((field) => field.path.startsWith(`${path}.`))
  const depth = sample?.depth ?? 0
  const keys = sample?.keys.slice(0, -1) ?? []
  const isEqual: Test = (row) => {
    const object = readPath(row[depth], keys)
    return Object.entries(operand).every(([key, expected]) => readPath(object, [key]) === (expected ?? null))
  }
  return { test: operator === 'equals' ? isEqual : (row) => !isEqual(row), depth }
}

function condition(root: Root, path: string, value: unknown): CompiledFilter {
  if (!isRecord(value)) return all([])
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
  const test = expressionTest(value)
  return { test: (row) => test(readField(row, field)), depth: field.depth }
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
