/** Pages of a raw query: fixed size, page numbers for tasks and legs, the last id for sessions. Pure. */
import type { Root } from './field-table.ts'
import { QueryRefused } from './refusal.ts'

export interface PageInfo {
  readonly hasNextPage: boolean
  readonly endCursor: string | null
}

export interface RawPage {
  readonly ids: readonly string[]
  readonly pageInfo: PageInfo
}

export type Cursor = string | null | undefined

const FIRST_PAGE = new Set(['', 'NA', '0'])

function isFirst(cursor: Cursor): cursor is null | undefined | '' {
  return cursor === null || cursor === undefined || FIRST_PAGE.has(cursor)
}

function pageNumber(cursor: Cursor): number {
  const page = isFirst(cursor) ? 0 : Number(cursor)
  if (!Number.isSafeInteger(page) || page < 0) throw new QueryRefused('pagination: not a cursor of this query')
  return page
}

/** So many matches must be known to answer the page: its own and one more. */
export function neededFor(root: Root, cursor: Cursor): number {
  return root.name === 'agentSession'
    ? Number.POSITIVE_INFINITY
    : Math.min((pageNumber(cursor) + 1) * root.pageSize + 1, root.maxRecords)
}

/**
 * `ids` are those that match, in order, at least as many as {@link neededFor} says. Page numbers are not stable while rows come and go: neither
 * are the vendor's.
 */
export function rawPage(root: Root, ids: readonly string[], cursor: Cursor): RawPage {
  return root.name === 'agentSession'
    ? pageAfterId(root, ids, isFirst(cursor) ? '' : cursor)
    : pageByNumber(root, ids, pageNumber(cursor))
}

function pageByNumber(root: Root, ids: readonly string[], page: number): RawPage {
  const reachable = Math.min(ids.length, root.maxRecords)
  const start = page * root.pageSize
  const end = Math.min(start + root.pageSize, reachable)
  const hasNextPage = end < reachable && end > start
  return {
    ids: ids.slice(start, Math.max(start, end)),
    pageInfo: { hasNextPage, endCursor: hasNextPage ? String(page + 1) : null },
  }
}

function pageAfterId(root: Root, ids: readonly string[], lastId: string): RawPage {
  const position = lastId === '' ? 0 : ids.findIndex((id) => id > lastId)
  const start = position === -1 ? ids.length : position
  const page = ids.slice(start, start + root.pageSize)
  const hasNextPage = start + page.length < ids.length
  return { ids: page, pageInfo: { hasNextPage, endCursor: hasNextPage ? (page.at(-1) ?? null) : null } }
}

/** At most this many records are looked at for the first page of a query with `extFilter`; the vendor answers 413 when they do not fill it. */
const EXT_FILTER_SCAN = 2500

/** Told of each record that passed `filter`, in order, whether it also passed `extFilter`. @throws QueryRefused with status 413 */
export function createExtFilterScan(root: Root): (matches: boolean) => void {
  let scanned = 0
  let found = 0
  return (matches) => {
    if (scanned >= EXT_FILTER_SCAN && found < root.pageSize) {
      throw new QueryRefused('extFilter: the first page could not be filled from the first 2,500 records', 413)
    }
    scanned++
    if (matches) found++
  }
}
