import type { RecordOf } from '../world.ts'
import { QueryRefused } from './refusal.ts'

export interface InnerPageOptions {
  readonly first?: number | null
  /** Time of the last row already seen, epoch ms as text. */
  readonly after?: string | null
  readonly time: 'createdTime' | 'startTime'
  /** Newest first is the vendor's default. */
  readonly oldestFirst: boolean
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

/** One page of a record's activities. `nodes` come oldest first, as worlds keep them; `totalCount` counts them all. */
export function innerPage(nodes: readonly RecordOf[], options: InnerPageOptions): InnerPage {
  const first = options.first ?? DEFAULT_FIRST
  if (first < 1 || first > MAX_FIRST) throw new QueryRefused('activities: first must lie between 1 and 100')
  const timeOf = (node: RecordOf) => Number(node[options.time])
  const ordered = nodes.toSorted((a, b) => timeOf(a) - timeOf(b))
  if (!options.oldestFirst) ordered.reverse()

  const rest = ordered.slice(startAfter(ordered.map(timeOf), options))
  const size = options.ties === 'skip' ? first : wholeTies(rest.map(timeOf), first)
  const page = rest.slice(0, size)
  const hasNextPage = rest.length > page.length
  const last = page.at(-1)
  return {
    totalCount: nodes.length,
    nodes: page,
    pageInfo: { hasNextPage, endCursor: hasNextPage && last !== undefined ? String(timeOf(last)) : null },
  }
}

function startAfter(times: readonly number[], { after, oldestFirst }: InnerPageOptions): number {
  if (after === undefined || after === null || after === '' || after === 'NA') return 0
  const cursor = Number(after)
  if (!Number.isSafeInteger(cursor)) throw new QueryRefused('activities: after is not a cursor')
  const position = times.findIndex((time) => (oldestFirst ? time > cursor : time < cursor))
  return position === -1 ? times.length : position
}

function wholeTies(times: readonly number[], first: number): number {
  let size = Math.min(first, times.length)
  while (size > 0 && size < times.length && times[size] === times[size - 1]) size--
  if (size > 0) return size
  size = 1
  while (size < times.length && times[size] === times[0]) size++
  return Math.min(size, times.length)
}
