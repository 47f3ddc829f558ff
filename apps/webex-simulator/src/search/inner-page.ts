import type { RecordOf } from '../world.ts'
import { QueryRefused } from './refusal.ts'
import { compareJson } from './sort-rows.ts'

export interface InnerPageOptions {
  readonly first?: number | null | undefined
  /** Time of the last row already seen, epoch ms as text. */
  readonly after?: string | null | undefined
  readonly time: 'createdTime' | 'startTime'
  /** Newest first is the vendor's default. */
  readonly oldestFirst: boolean
  /** Another field the rows are ordered by; those that share a value stay newest first. */
  readonly sortBy?: string | undefined
  readonly sortDescending?: boolean | undefined
  /**
   * The cursor is a millisecond, so a page may end between two rows of one millisecond and the next page, which begins strictly after it, would
   * lose the second. `whole`: such rows stay on one page (which is then shorter, or, if it held nothing else, longer than asked). `skip`: they
   * are lost, the worst a careless server could do. What the vendor does is not public.
   */
  readonly ties: 'whole' | 'skip'
}

export interface InnerPage {
  readonly totalCount: number
  readonly nodes: readonly RecordOf[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

const DEFAULT_FIRST = 25
const MAX_FIRST = 100

/** Size of a page. @throws QueryRefused outside 1 to 100 */
export function checkFirst(first: unknown): number {
  const size = Number(first ?? DEFAULT_FIRST)
  if (size < 1 || size > MAX_FIRST) throw new QueryRefused('activities: first must lie between 1 and 100')
  return size
}

/** One page of a record's activities. `nodes` come oldest first, as worlds keep them; `totalCount` counts them all. */
export function innerPage(nodes: readonly RecordOf[], options: InnerPageOptions): InnerPage {
  const first = checkFirst(options.first)
  const timeOf = (node: RecordOf) => Number(node[options.time])
  const ordered = inOrder(nodes, timeOf, options)
  const start = startAfter(ordered, timeOf, options)
  const rest = ordered.length - start
  const size = rest <= first ? rest : options.ties === 'whole' ? wholeTies(ordered, timeOf, start, first) : first
  const page = start === 0 && size === ordered.length ? ordered : ordered.slice(start, start + size)
  const hasNextPage = rest > size
  const last = page.at(-1)
  return {
    totalCount: nodes.length,
    nodes: page,
    pageInfo: { hasNextPage, endCursor: hasNextPage && last !== undefined ? String(timeOf(last)) : null },
  }
}

function inOrder(
  nodes: readonly RecordOf[],
  timeOf: (node: RecordOf) => number,
  { oldestFirst, sortBy, sortDescending }: InnerPageOptions,
): readonly RecordOf[] {
  const isAscending = nodes.every((node, at) => at === 0 || timeOf(nodes[at - 1]!) <= timeOf(node))
  const ascending = isAscending ? nodes : nodes.toSorted((a, b) => timeOf(a) - timeOf(b))
  if (oldestFirst) return ascending
  const newestFirst = ascending.toReversed()
  if (sortBy === undefined) return newestFirst
  const sign = sortDescending ? -1 : 1
  return newestFirst.sort((a, b) => sign * compareJson(a[sortBy] ?? null, b[sortBy] ?? null))
}

/** Behind the row the cursor names; where it is gone, behind where it would be. */
function startAfter(
  ordered: readonly RecordOf[],
  timeOf: (node: RecordOf) => number,
  { after, oldestFirst, sortBy }: InnerPageOptions,
): number {
  if (after === undefined || after === null || after === '' || after === 'NA') return 0
  const cursor = Number(after)
  if (!Number.isSafeInteger(cursor)) throw new QueryRefused('activities: after is not a cursor')
  if (sortBy !== undefined) return ordered.findLastIndex((node) => timeOf(node) === cursor) + 1
  const position = ordered.findIndex((node) => (oldestFirst ? timeOf(node) > cursor : timeOf(node) < cursor))
  return position === -1 ? ordered.length : position
}

function wholeTies(ordered: readonly RecordOf[], timeOf: (node: RecordOf) => number, start: number, first: number) {
  const time = (offset: number) => timeOf(ordered[start + offset]!)
  const rest = ordered.length - start
  let size = first
  while (size > 0 && time(size) === time(size - 1)) size--
  if (size > 0) return size
  size = 1
  while (size < rest && time(size) === time(0)) size++
  return size
}
