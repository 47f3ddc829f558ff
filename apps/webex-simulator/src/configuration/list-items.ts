import { z } from 'zod'
import type { ConfigurationEntity, RecordOf } from '../world.ts'
import { parseFilter } from './rsql.ts'
import { parseSearch } from './search-keyword.ts'

/** Lists of these leave array members out; the item has them (webex-cc-api §6.1). */
const WITHOUT_ARRAYS: ReadonlySet<ConfigurationEntity> = new Set(['contact-service-queue', 'entry-point'])
/** A larger `pageSize` is clamped to this (§6.1; the maximum itself is inferred). */
const MAX_PAGE_SIZE = 100

const pageSchema = z.object({
  page: z.coerce.number().int().min(0).default(0),
  pageSize: z.coerce.number().int().min(1).default(MAX_PAGE_SIZE),
})

export interface ItemPage {
  readonly page: number
  readonly pageSize: number
  readonly totalPages: number
  readonly totalRecords: number
  readonly items: readonly RecordOf[]
}

/** A query the vendor would answer 400 to. */
export class ListQueryError extends Error {}

/**
 * The parameters of a list as the configuration API reads them: percent signs decoded, but `+` kept, so that a query written as a form fails as it
 * does there (webex-cc-api §6.1).
 */
export function readListQuery(url: string): Readonly<Record<string, string>> {
  const [, query = ''] = url.split('?')
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
  })
  return Object.fromEntries(pairs.filter(([name]) => name !== '')) as Record<string, string>
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ListQueryError('The query is not encoded as a URL asks.')
  }
}

/** Filter, search, one page, chosen attributes. @throws ListQueryError, FilterError */
export function listItems(
  entity: ConfigurationEntity,
  items: readonly RecordOf[],
  query: Readonly<Record<string, string>>,
): ItemPage {
  const paging = pageSchema.safeParse(query)
  if (!paging.success) throw new ListQueryError('page must be 0 or more, pageSize 1 or more, both whole numbers.')
  const { page } = paging.data
  const pageSize = Math.min(paging.data.pageSize, MAX_PAGE_SIZE)
  const tests = [
    ...(query['filter'] === undefined ? [] : [parseFilter(query['filter'])]),
    ...(query['search'] === undefined ? [] : [parseSearch(query['search'])]),
  ]
  const kept = items.filter((item) => tests.every((test) => test(item)))
  return {
    page,
    pageSize,
    totalPages: Math.ceil(kept.length / pageSize),
    totalRecords: kept.length,
    items: kept.slice(page * pageSize, (page + 1) * pageSize).map((item) => listed(entity, item, query['attributes'])),
  }
}

function listed(entity: ConfigurationEntity, item: RecordOf, attributes: string | undefined): RecordOf {
  const wanted = attributes?.split(',').map((name) => name.trim())
  return Object.fromEntries(
    Object.entries(item).filter(
      ([key, value]) => !(WITHOUT_ARRAYS.has(entity) && Array.isArray(value)) && (wanted?.includes(key) ?? true),
    ),
  )
}

/** `meta.links`: relative, `prev` and `next` only where there is one. */
export function pageLinks(path: string, { page, pageSize, totalPages }: ItemPage): object {
  const link = (number: number) => `${path}?page=${number}&pageSize=${pageSize}`
  return {
    self: link(page),
    first: link(0),
    last: link(Math.max(totalPages - 1, 0)),
    ...(page > 0 ? { prev: link(page - 1) } : {}),
    ...(page + 1 < totalPages ? { next: link(page + 1) } : {}),
  }
}
