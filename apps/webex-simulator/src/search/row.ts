import { isRecord } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Field, Root } from './field-table.ts'

/** A record with, for each list it was unfolded along, the element chosen: `[session, channel, activity]`, `[task, activity]`. */
export type Row = readonly RecordOf[]

export function readPath(from: Json | undefined, keys: readonly string[]): Json {
  let value: Json | undefined = from
  for (const key of keys) {
    if (!isRecord(value)) return null
    value = value[key]
  }
  return value ?? null
}

export function readField(row: Row, field: Field): Json {
  return readPath(row[field.depth], field.keys)
}

/** Lists of records hold records only: worlds check or render them so, and a look at each element would cost every query. */
function isList(value: Json): value is readonly RecordOf[] {
  return Array.isArray(value)
}

/** The list directly below an element: of a session its channels, of a channel its activities. */
export function listBelow(root: Root, depth: number, element: RecordOf): readonly RecordOf[] {
  const path = root.lists[depth]
  if (path === undefined) return []
  const above = root.lists[depth - 1]
  const list = readPath(element, (above === undefined ? path : path.slice(above.length + 1)).split('.'))
  return isList(list) ? list : []
}

/** Rows of one record down to `depth`. A record whose list is empty keeps one shorter row, so that counting records still sees it. */
export function unfold(root: Root, record: RecordOf, depth: number): readonly Row[] {
  let rows: readonly Row[] = [[record]]
  for (let level = 0; level < depth; level++) {
    rows = rows.flatMap((row) => {
      const element = row[level]
      const below = element === undefined ? [] : listBelow(root, level, element)
      return below.length === 0 ? [row] : below.map((item) => [...row, item])
    })
  }
  return rows
}

/** The element with the list below it replaced, everything else untouched. */
export function withListBelow(root: Root, depth: number, element: RecordOf, list: readonly RecordOf[]): RecordOf {
  const path = root.lists[depth] ?? ''
  if (path.endsWith('activities.nodes')) {
    const { activities } = element
    return { ...element, activities: { ...(isRecord(activities) ? activities : {}), nodes: list } }
  }
  return { ...element, [path]: list }
}
