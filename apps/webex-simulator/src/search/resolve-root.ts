/** One root of a query, from arguments to rows. */
import type { GraphQLResolveInfo } from 'graphql'
import { textOf } from '../json.ts'
import type { RecordOf } from '../world.ts'
import { aggregate, groupPage } from './aggregate.ts'
import { groupKeys, readAggregation } from './aggregation-request.ts'
import type { AggregationInput } from './aggregation-request.ts'
import { checkWindow } from './check-window.ts'
import type { Root } from './field-table.ts'
import { groupedRow } from './grouped-row.ts'
import { bucketer, checkInterval } from './intervals.ts'
import type { Interval } from './intervals.ts'
import { compileFilter, countElements } from './match-filter.ts'
import type { FilterInput } from './match-filter.ts'
import { narrow } from './narrow.ts'
import { checkExtFilterScan, rawPage } from './raw-page.ts'
import type { RecordTime } from './record-index.ts'
import { QueryRefused } from './refusal.ts'
import type { SearchContext } from './search-context.ts'
import { selectedLeaves } from './selection.ts'
import type { SelectedLeaf } from './selection.ts'
import { sortRows } from './sort-rows.ts'

export interface RootArguments {
  readonly from: number
  readonly to: number
  readonly timeComparator?: 'createdTime' | 'endedTime' | null
  readonly filter?: FilterInput | null
  readonly extFilter?: FilterInput | null
  readonly aggregations?: readonly AggregationInput[] | null
  /** Deprecated form of `aggregations`. */
  readonly aggregation?: { readonly aggr?: readonly AggregationInput[] | null } | null
  readonly aggregationInterval?: { readonly interval: Interval; readonly timezone?: string | null } | null
  readonly pagination?: { readonly cursor?: string | null } | null
}

const MAX_FILTER_ELEMENTS = 1000

export function resolveRoot(
  root: Root,
  args: RootArguments,
  context: SearchContext,
  info: GraphQLResolveInfo,
): unknown {
  const leaves = selectedLeaves(info, root.listField)
  const wanted = args.aggregations ?? args.aggregation?.aggr ?? []
  checkFilterSize(args, wanted)
  return wanted.length === 0
    ? listRecords(root, args, context, leaves)
    : groupRecords(root, args, context, leaves, wanted)
}

function checkFilterSize(args: RootArguments, wanted: readonly AggregationInput[]): void {
  const filters = [args.filter, args.extFilter, ...wanted.flatMap((one) => [one.filter, one.extFilter, one.predicate])]
  const elements = filters.reduce((sum, filter) => sum + countElements(filter ?? {}), 0)
  if (elements > MAX_FILTER_ELEMENTS) throw new QueryRefused(`more than ${MAX_FILTER_ELEMENTS} filter elements`)
}

/** What a filter leaves of a record, if anything. */
type Narrowing = (record: RecordOf) => RecordOf | undefined

interface Candidates {
  readonly records: readonly RecordOf[]
  readonly byFilter: Narrowing
  readonly byExtFilter: Narrowing
  readonly time: RecordTime
  readonly spanMs: number
}

function candidates(
  root: Root,
  args: RootArguments,
  context: SearchContext,
  use: 'raw' | 'aggregation',
  readsActivities: boolean,
): Candidates {
  const { fromMs, toMs } = checkWindow({ fromMs: args.from, toMs: args.to }, context.nowMs, readsActivities)
  const time = root.recordTime === 'startTime' ? 'startTime' : (args.timeComparator ?? 'createdTime')
  const start = context.bounds === 'open' ? fromMs + 1 : fromMs
  const end = context.bounds === 'closed' ? toMs + 1 : toMs
  const narrowing = (input: FilterInput | null | undefined): Narrowing => {
    const filter = compileFilter(root, input)
    return (record) => narrow(root, record, filter)
  }
  return {
    records: context.index(root.name, use).between(time, start, end),
    byFilter: narrowing(args.filter),
    byExtFilter: narrowing(args.extFilter),
    time,
    spanMs: toMs - fromMs,
  }
}

function narrowAll(records: readonly RecordOf[], by: Narrowing): readonly RecordOf[] {
  return records.map(by).filter((record) => record !== undefined)
}

function listRecords(
  root: Root,
  args: RootArguments,
  context: SearchContext,
  leaves: readonly SelectedLeaf[],
): unknown {
  const deepest = root.lists.length
  const readsActivities =
    root.activityList !== undefined && leaves.some(({ path }) => path.startsWith(`${root.lists[deepest - 1]}.`))
  const { records, byFilter, byExtFilter } = candidates(root, args, context, 'raw', readsActivities)
  const newestFirst = inDefaultOrder(root, records).filter((record) => !context.droppedTasks.has(textOf(record['id'])))
  const filtered = narrowAll(newestFirst, byFilter)
  if (args.extFilter) checkExtFilterScan(root, filtered, (record) => byExtFilter(record) !== undefined)
  const matching = narrowAll(filtered, byExtFilter)
  const { rows, pageInfo } = rawPage(root, sortRows(root, matching, leaves), args.pagination?.cursor)
  return { [root.listField]: rows, pageInfo, intervalInfo: null }
}

/** Tasks and legs newest first, sessions by id (order of public answers). */
function inDefaultOrder(root: Root, ascending: readonly RecordOf[]): readonly RecordOf[] {
  if (root.name !== 'agentSession') return ascending.toReversed()
  return ascending.toSorted((a, b) => (textOf(a['agentSessionId']) < textOf(b['agentSessionId']) ? -1 : 1))
}

function groupRecords(
  root: Root,
  args: RootArguments,
  context: SearchContext,
  leaves: readonly SelectedLeaf[],
  wanted: readonly AggregationInput[],
): unknown {
  const { records, byFilter, byExtFilter, time, spanMs } = candidates(root, args, context, 'aggregation', false)
  const interval = args.aggregationInterval
  if (interval) checkInterval(interval.interval, spanMs)
  const bucketLeaf = leaves.find(({ path }) => path === 'intervalStartTime')
  const bucket = interval && bucketLeaf ? bucketer(interval.interval, interval.timezone ?? 'UTC') : undefined
  const plan = {
    root,
    aggregations: wanted.map((input) => readAggregation(root, input)),
    keys: groupKeys(root, leaves),
    bucketOf: bucket && ((record: RecordOf) => bucket(Number(record[time]))),
    newestBucketFirst: bucketLeaf?.args['sort'] === 'desc',
  }
  const groups = aggregate(plan, narrowAll(narrowAll(records, byFilter), byExtFilter))
  const { rows, pageInfo } = groupPage(plan, groups, args.pagination?.cursor)
  return {
    [root.listField]: rows.map((group) => groupedRow(root, plan.keys, group)),
    pageInfo,
    intervalInfo: interval ? { interval: interval.interval, timezone: interval.timezone ?? 'UTC' } : null,
  }
}
