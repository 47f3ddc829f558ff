/** The Search API in the domain's words: `POST {base}/search` (webex-cc-api §3). Times are epoch milliseconds; seconds would answer empty (§8.1). */
import type { WebexClient } from './client.ts'
import {
  type AarItem,
  type AsrItem,
  type CarItem,
  type ClrItem,
  type CsrItem,
  type SearchPage,
  aar,
  asr,
  car,
  clr,
  csr,
  searchPage,
} from './search-page.ts'
import {
  AAR_FIELDS,
  ASR_CHANNEL_FIELDS,
  ASR_FIELDS,
  CAR_FIELDS,
  CLR_FIELDS,
  CSR_FIELDS,
  toSelection,
} from './selections.ts'

/** One page of a range by `createdTime` (tasks) or `startTime` (sessions). */
export interface PageRequest {
  readonly fromMs: number
  readonly toMs: number
  /** Null or absent: the first page. */
  readonly cursor?: string | null
}

/** Activities of one record beyond those that came with its page. `after` is the cursor of that record's last page, and of no other record. */
export interface FollowUpRequest {
  readonly fromMs: number
  readonly toMs: number
  readonly after: string | null
}

/** Queries that read activities may span 30 days at most (§3.4 [GS]). */
export const MAX_ACTIVITY_SPAN_MS = 30 * 24 * 60 * 60_000
/** Well under the 1,000 filter elements one query may hold (§3.5 [GS]). */
export const MAX_IDS_PER_QUERY = 250

const CSR_SELECTION = toSelection(CSR_FIELDS)
const CAR_NODES = toSelection(CAR_FIELDS)
const ASR_SELECTION = `${toSelection(ASR_FIELDS)} channelInfo { ${toSelection(ASR_CHANNEL_FIELDS)} }`
const AAR_NODES = toSelection(AAR_FIELDS)
const CLR_SELECTION = toSelection(CLR_FIELDS)

/** Tasks by `createdTime`, newest first, 250 a page (§3.6). Use a closed range: page-number cursors shift while tasks arrive. */
export function csrPage(client: WebexClient, page: PageRequest): Promise<SearchPage<CsrItem>> {
  return searchPage(client, 'taskDetails', csr, { ...page, select: CSR_SELECTION })
}

/** The activities of the same tasks: the newest 100 of each; `activities.pageInfo` says whether there are more. */
export function carPage(client: WebexClient, page: PageRequest): Promise<SearchPage<CarItem>> {
  return searchPage(client, 'taskDetails', car, { ...page, select: cars() })
}

/** Older activities of one task. `fromMs` … `toMs` must hold its `createdTime`. */
export function carsOfTask(
  client: WebexClient,
  task: FollowUpRequest & { readonly taskId: string },
): Promise<SearchPage<CarItem>> {
  const { fromMs, toMs, after, taskId } = task
  return searchPage(client, 'taskDetails', car, {
    fromMs,
    toMs,
    filter: { id: { equals: taskId } },
    select: cars(after),
  })
}

/** Tasks created in the range that the vendor touched at or after `since` (`lastActivityTime` is filterable, §3.14). */
export function changedCsrPage(
  client: WebexClient,
  page: PageRequest & { readonly sinceMs: number },
): Promise<SearchPage<CsrItem>> {
  const { sinceMs, ...range } = page
  return searchPage(client, 'taskDetails', csr, {
    ...range,
    filter: { lastActivityTime: { gte: sinceMs } },
    select: CSR_SELECTION,
  })
}

/** The activities of at most 250 tasks, by id. */
export function carsByIds(
  client: WebexClient,
  page: PageRequest & { readonly ids: readonly string[] },
): Promise<SearchPage<CarItem>> {
  const { ids, ...range } = page
  return searchPage(client, 'taskDetails', car, {
    ...range,
    filter: { or: ids.map((id) => ({ id: { equals: id } })) },
    select: cars(),
  })
}

/** Agent sessions by `startTime`, by `agentSessionId` ascending, 250 a page, with the counters of every channel slot. */
export function asrPage(client: WebexClient, page: PageRequest): Promise<SearchPage<AsrItem>> {
  return searchPage(client, 'agentSession', asr, { ...page, select: ASR_SELECTION })
}

/** The activities of every channel slot of the same sessions: the newest 100 of each. */
export function aarPage(client: WebexClient, page: PageRequest): Promise<SearchPage<AarItem>> {
  return searchPage(client, 'agentSession', aar, { ...page, select: aars() })
}

/** Older activities of one channel slot. `fromMs` … `toMs` must hold its session's `startTime`. */
export function aarsOfChannel(
  client: WebexClient,
  slot: FollowUpRequest & { readonly channelId: string },
): Promise<SearchPage<AarItem>> {
  const { fromMs, toMs, after, channelId } = slot
  const filter = { channelInfo: { channelId: { equals: channelId } } }
  return searchPage(client, 'agentSession', aar, { fromMs, toMs, filter, select: aars(after) })
}

/** Sessions of the range that still run or ended at or after `sinceMs`. An open session's `endTime` is -1. */
const changedSince = (sinceMs: number) => ({ or: [{ isActive: { equals: true } }, { endTime: { gte: sinceMs } }] })

export function changedAsrPage(
  client: WebexClient,
  page: PageRequest & { readonly sinceMs: number },
): Promise<SearchPage<AsrItem>> {
  const { sinceMs, ...range } = page
  return searchPage(client, 'agentSession', asr, { ...range, filter: changedSince(sinceMs), select: ASR_SELECTION })
}

export function changedAarPage(
  client: WebexClient,
  page: PageRequest & { readonly sinceMs: number },
): Promise<SearchPage<AarItem>> {
  const { sinceMs, ...range } = page
  return searchPage(client, 'agentSession', aar, { ...range, filter: changedSince(sinceMs), select: aars() })
}

/** Task legs by `createdTime`, newest first, 500 a page (§3.6); an organisation without them answers none, or refuses the root (§3.10.5). */
export function clrPage(client: WebexClient, page: PageRequest): Promise<SearchPage<ClrItem>> {
  return searchPage(client, 'taskLegDetails', clr, { ...page, select: CLR_SELECTION })
}

/** Legs created in the range that the vendor touched at or after `since`. */
export function changedClrPage(
  client: WebexClient,
  page: PageRequest & { readonly sinceMs: number },
): Promise<SearchPage<ClrItem>> {
  const { sinceMs, ...range } = page
  return searchPage(client, 'taskLegDetails', clr, {
    ...range,
    filter: { lastActivityTime: { gte: sinceMs } },
    select: CLR_SELECTION,
  })
}

/** `first: 100` is the vendor's maximum; without it 25 would come (§3.6, §8.4). */
function activitiesOf(nodes: string, after: string | null | undefined): string {
  const position = after == null ? '' : `, after: ${JSON.stringify(after)}`
  return `activities(first: 100${position}) { totalCount nodes { ${nodes} } pageInfo { hasNextPage endCursor } }`
}

function cars(after?: string | null): string {
  return `id channelType ${activitiesOf(CAR_NODES, after)}`
}

function aars(after?: string | null): string {
  return `agentSessionId agentId channelInfo { channelId channelType ${activitiesOf(AAR_NODES, after)} }`
}
