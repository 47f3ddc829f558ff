import type { Json, RecordOf } from '../world.ts'
import type { Root } from './field-table.ts'
import { readPath } from './row.ts'
import type { SelectedLeaf } from './selection.ts'

/** Order of JSON scalars: absent first, then by value; text by code unit. */
export function compareJson(a: Json, b: Json): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Rows in the order `field(sort: …)` asks for, the first such field of the selection weighing most; else as they are. */
export function sortRows(root: Root, rows: readonly RecordOf[], leaves: readonly SelectedLeaf[]): readonly RecordOf[] {
  const orders = leaves.flatMap(({ path, args }) => {
    const field = root.fields.get(path)
    return field?.depth === 0 && args['sort'] !== undefined && args['sort'] !== null
      ? [{ keys: field.keys, sign: args['sort'] === 'desc' ? -1 : 1 }]
      : []
  })
  if (orders.length === 0) return rows
  return rows.toSorted((a, b) => {
    for (const { keys, sign } of orders) {
      const order = compareJson(readPath(a, keys), readPath(b, keys))
      if (order !== 0) return order * sign
    }
    return 0
  })
}
