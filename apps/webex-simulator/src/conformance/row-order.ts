/** Order of the rows of an answer, seen from the values they show. */
import { NumberText } from './shape.ts'

/** What tells the order of records. */
const ORDERED_BY = ['agentSessionId', 'createdTime'] as const

export type Direction = 'ascending' | 'descending' | 'neither'

export interface RowOrder {
  readonly by: string
  readonly direction: Direction
}

type Row = Readonly<Record<string, unknown>>
type Key = string | number | boolean | null

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
}

function scalar(value: unknown): Key {
  if (value instanceof NumberText) return Number(value.source)
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

/** All keys of a group in the order of the answer, which is that of the selection. */
function keysOf(value: unknown): readonly Key[] {
  if (Array.isArray(value)) return value.flatMap(keysOf)
  if (!isObject(value)) return [scalar(value)]
  return Object.entries(value).flatMap(([name, member]) => (name === 'aggregation' ? [] : keysOf(member)))
}

/** Undefined when fewer than two rows differ, or nothing shown tells. Groups go by all their keys, the first weighing most, null before any value. */
export function rowOrder(rows: readonly unknown[]): RowOrder | undefined {
  const records = rows.filter(isObject)
  if (records.length < 2) return undefined
  if (records.every((row) => 'aggregation' in row)) return orderBy('the keys of groups', records.map(keysOf))
  for (const by of ORDERED_BY) {
    const values = records.map((row) => [scalar(row[by])])
    if (values.some(([value]) => value === null)) continue
    const order = orderBy(by, values)
    if (order !== undefined) return order
  }
  return undefined
}

function orderBy(by: string, values: readonly (readonly Key[])[]): RowOrder | undefined {
  const steps = values.slice(1).map((value, position) => compareKeys(values[position] ?? [], value))
  if (steps.every((step) => step === 0)) return undefined
  if (steps.every((step) => step <= 0)) return { by, direction: 'ascending' }
  return { by, direction: steps.every((step) => step >= 0) ? 'descending' : 'neither' }
}

function compareKeys(a: readonly Key[], b: readonly Key[]): number {
  for (const [position, key] of a.entries()) {
    const other = b[position] ?? null
    if (key === other) continue
    if (key === null) return -1
    if (other === null) return 1
    return key < other ? -1 : 1
  }
  return 0
}
