import type { RecordOf } from '../world.ts'
import type { Root } from './field-table.ts'
import type { CompiledFilter } from './match-filter.ts'
import { listBelow, withListBelow } from './row.ts'

/**
 * The record as a filter leaves it: a condition on a list keeps the elements that meet it (so do public answers: `channelInfo` and `nodes` come
 * back reduced), and a record left without any is gone.
 */
export function narrow(root: Root, record: RecordOf, { test, depth }: CompiledFilter): RecordOf | undefined {
  return keep(root, [], record, test, depth)
}

function keep(
  root: Root,
  above: readonly RecordOf[],
  element: RecordOf,
  test: CompiledFilter['test'],
  depth: number,
): RecordOf | undefined {
  const row = [...above, element]
  if (depth === above.length) return test(row) ? element : undefined
  const below = listBelow(root, above.length, element)
  const kept = below.map((item) => keep(root, row, item, test, depth)).filter((item) => item !== undefined)
  if (kept.length === 0) return undefined
  const isWhole = kept.length === below.length && kept.every((item, position) => item === below[position])
  return isWhole ? element : withListBelow(root, above.length, element, kept)
}
