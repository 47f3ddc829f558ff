import { z } from 'zod'
import { failureOfEnvelope, malformed } from './failures.ts'
import type { Answer, WebexClient } from './client.ts'

/**
 * One page of records. `body` is kept; `records` hold only what paging and counting need, so unknown fields live on in `body` alone. An item that lacks
 * even that is not among them: it is on the page, and whoever maps the page names it.
 */
export interface SearchPage<Item> {
  readonly body: Buffer
  readonly trackingId: string | null
  readonly records: readonly Item[]
  /** Items on the page, those included that are no records. */
  readonly recordCount: number
  /** Where the next page begins; null on the last one. */
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

/** Roots of the Search API and the list each answers with (webex-cc-api §3.2). */
const LISTS = { taskDetails: 'tasks', agentSession: 'agentSessions', taskLegDetails: 'taskLegs' } as const
export type SearchRoot = keyof typeof LISTS

/** "The first page", as three independent public clients write it (§3.6). */
const FIRST_PAGE = 'NA'

const pageInfo = z.object({ hasNextPage: z.boolean().nullish(), endCursor: z.string().nullish() })

const id = z.string().min(1)

/** Activities are the mapper's; of them only the place in the list matters here. */
const activities = z.object({ nodes: z.array(z.unknown()), pageInfo }).nullish()

export const csr = z.object({ id, createdTime: z.number() })
export const car = z.object({ id, activities })
export const asr = z.object({ agentSessionId: id, startTime: z.number() })
const channel = z.object({ channelId: id, activities })
/** One that is none is left out, as items are. */
const channels = z.array(z.unknown()).transform((all) => all.flatMap((one) => channel.safeParse(one).data ?? []))
export const aar = z.object({ agentSessionId: id, channelInfo: channels.nullish() })
export const clr = z.object({ id, createdTime: z.number() })
export const group = z.object({
  intervalStartTime: z.number(),
  aggregation: z.array(z.object({ name: z.string(), value: z.number().nullish() })),
})

export type CsrItem = z.infer<typeof csr>
export type CarItem = z.infer<typeof car>
export type AsrItem = z.infer<typeof asr>
export type AarItem = z.infer<typeof aar>
export type ClrItem = z.infer<typeof clr>
export type GroupItem = z.infer<typeof group>

export interface SearchQuery {
  readonly fromMs: number
  /** A moment in the future means now, for the vendor. */
  readonly toMs: number
  readonly cursor?: string | null
  /** A filter object of the root (§3.5). */
  readonly filter?: object
  /** Further arguments of the root, as GraphQL text. */
  readonly arguments?: string
  readonly select: string
}

const FILTER_TYPES: Readonly<Record<SearchRoot, string>> = {
  taskDetails: 'TaskDetailsFilters',
  agentSession: 'AgentSessionFilters',
  taskLegDetails: 'TaskLegDetailsFilters',
}

/** Sends one Search query and checks its answer once. Throws `vendor_graphql_error` or `vendor_malformed` beside the client's failures. */
export async function searchPage<Item>(
  client: WebexClient,
  root: SearchRoot,
  item: z.ZodType<Item>,
  query: SearchQuery,
): Promise<SearchPage<Item>> {
  const hasFilter = query.filter !== undefined
  const declared = `$from: Long!, $to: Long!, $cursor: String${hasFilter ? `, $filter: ${FILTER_TYPES[root]}` : ''}`
  const given = `from: $from, to: $to, pagination: {cursor: $cursor}${hasFilter ? ', filter: $filter' : ''}${
    query.arguments === undefined ? '' : `, ${query.arguments}`
  }`
  const answer = await client.call({
    endpoint: 'search',
    method: 'POST',
    path: `/search?orgId=${encodeURIComponent(client.orgId)}`,
    json: {
      query: `query(${declared}) { ${root}(${given}) { ${LISTS[root]} { ${query.select} } pageInfo { hasNextPage endCursor } } }`,
      variables: {
        from: query.fromMs,
        to: query.toMs,
        cursor: query.cursor ?? FIRST_PAGE,
        ...(hasFilter ? { filter: query.filter } : {}),
      },
    },
  })
  return readPage(answer, root, item, query.cursor ?? null)
}

/** Checks an answer, fresh or stored. */
export function readPage<Item>(
  answer: Answer,
  root: SearchRoot,
  item: z.ZodType<Item>,
  askedCursor: string | null,
): SearchPage<Item> {
  const failure = failureOfEnvelope(answer.json)
  if (failure !== undefined) throw failure
  const parsed = z.object({ data: z.record(z.string(), z.record(z.string(), z.unknown())) }).safeParse(answer.json)
  const list = parsed.data?.data[root]
  const page = z
    .object({ items: z.array(z.unknown()), pageInfo })
    .safeParse({ items: list?.[LISTS[root]], pageInfo: list?.pageInfo })
  if (!page.success) throw malformed(`${root}.${page.error.issues[0]?.path.join('.')}`)
  const { items } = page.data
  // One record that is none must not take the others of its page with it.
  const records = items.flatMap((one) => item.safeParse(one).data ?? [])
  const hasNextPage = page.data.pageInfo.hasNextPage === true
  const endCursor = hasNextPage ? (page.data.pageInfo.endCursor ?? null) : null
  // Without a new cursor the next request would bring this page again, for ever.
  if (hasNextPage && (endCursor === null || endCursor === askedCursor)) throw malformed(`${root}.pageInfo.endCursor`)
  return {
    body: answer.body,
    trackingId: answer.trackingId,
    records,
    recordCount: items.length,
    endCursor,
    hasNextPage,
  }
}
