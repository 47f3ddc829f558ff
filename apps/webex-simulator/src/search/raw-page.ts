/** Pages of a raw query: fixed size, page numbers for tasks and legs, the last id for sessions. Pure. */
import { textOf } from '../json.ts'
import type { RecordOf } from '../world.ts'
import type { Root } from './field-table.ts'
import { QueryRefused } from './refusal.ts'

export interface PageInfo {
  readonly hasNextPage: boolean
  readonly endCursor: string | null
}

export interface Page<T> {
  readonly rows: readonly T[]
  readonly pageInfo: PageInfo
}

const FIRST_PAGE = new Set(['', 'NA', '0'])

/** `rows` are all that match, in order. Page numbers are not stable while rows come and go: neither are the vendor's. */
export function rawPage(root: Root, rows: readonly RecordOf[], cursor: string | null | undefined): Page<RecordOf> {
  const isFirst = cursor === null || cursor === undefined || FIRST_PAGE.has(cursor)
  return root.name === 'agentSession'
    ? pageAfterId(root, rows, isFirst ? '' : cursor)
    : pageByNumber(root, rows, isFirst ? 0 : Number(cursor))
}

function pageByNumber(root: Root, rows: readonly RecordOf[], page: number): Page<RecordOf> {
  if (!Number.isSafeInteger(page) || page < 0) throw new QueryRefused('pagination: not a cursor of this query')
  const reachable = Math.min(rows.length, root.maxRecords)
  const start = page * root.pageSize
  const end = Math.min(start + root.pageSize, reachable)
  const hasNextPage = end < reachable && end > start
  return {
    rows: rows.slice(start, Math.max(start, end)),
    pageInfo: { hasNextPage, endCursor: hasNextPage ? String(page + 1) : null },
  }
}

function pageAfterId(root: Root, rows: readonly RecordOf[], lastId: string): Page<RecordOf> {
  const position = lastId === '' ? 0 : rows.findIndex((row) => textOf(row['agentSessionId']) > lastId)
  const start = position === -1 ? rows.length : position
  const page = rows.slice(start, start + root.pageSize)
  const hasNextPage = start + page.length < rows.length
  return {
    rows: page,
    pageInfo: { hasNextPage, endCursor: hasNextPage ? textOf(page.at(-1)?.['agentSessionId']) : null },
  }
}

/** At most this many records are looked at for the first page of a query with `extFilter`; the vendor answers 413 when they do not fill it. */
const EXT_FILTER_SCAN = 2500

/** @throws QueryRefused with status 413 */
export function checkExtFilterScan(
  root: Root,
  candidates: readonly RecordOf[],
  matches: (record: RecordOf) => boolean,
) {
  if (candidates.length <= EXT_FILTER_SCAN) return
  let found = 0
  for (const record of candidates.slice(0, EXT_FILTER_SCAN)) {
    if (matches(record)) found++
    if (found === root.pageSize) return
  }
  throw new QueryRefused('extFilter: the first page could not be filled from the first 2,500 records', 413)
}
