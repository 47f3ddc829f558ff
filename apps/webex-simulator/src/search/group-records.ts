/** An aggregation query: groups of all matching records, counted once and paged from memory. */
import { createAggregator, groupPage } from './aggregate.ts'
import type { AggregationPlan, Group } from './aggregate.ts'
import { groupKeys, readAggregation } from './aggregation-request.ts'
import { ListBytes } from './answer-bytes.ts'
import type { Root } from './field-table.ts'
import { groupedRow } from './grouped-row.ts'
import { bucketer, checkInterval } from './intervals.ts'
import type { Kept } from './kept-answers.ts'
import type { WrittenRows } from './list-records.ts'
import { narrow } from './narrow.ts'
import type { Pace } from './pace.ts'
import type { Projector } from './projection.ts'
import { aggregationsOf } from './root-arguments.ts'
import type { RootArguments } from './root-arguments.ts'
import { areKnownAhead, openScope, recordFor } from './scope.ts'
import type { Scope } from './scope.ts'
import type { SearchContext } from './search-context.ts'
import type { SelectedLeaf } from './selection.ts'

interface Request {
  readonly root: Root
  readonly args: RootArguments
  readonly leaves: readonly SelectedLeaf[]
  readonly projectors: readonly Projector[]
  readonly pace: Pace
}

export interface WrittenGroups extends WrittenRows {
  /** Echo of the interval asked for. */
  readonly intervalInfo: { readonly interval: string; readonly timezone: string } | null
}

/** Groups of one query, counted when first asked for. */
class Count implements Kept {
  #groups: readonly Group[] | undefined
  #counting: Promise<readonly Group[]> | undefined

  get weight(): number {
    return this.#groups?.length ?? 0
  }

  async groups(count: () => Promise<readonly Group[]>): Promise<readonly Group[]> {
    this.#counting ??= count()
    this.#groups = await this.#counting
    return this.#groups
  }
}

export async function groupRecords(request: Request, context: SearchContext): Promise<WrittenGroups> {
  const { root, args, projectors, pace } = request
  const scope = openScope(root, args, context, { kind: 'aggregation', readsActivities: false })
  const plan = planOf(request, scope)
  const shape = plan.keys.map(({ path, descending, variable }) => [path, descending, variable])
  const name = JSON.stringify([
    scope.name,
    aggregationsOf(args),
    plan.bucketOf === undefined ? null : args.aggregationInterval,
    plan.bucketAt,
    plan.newestBucketFirst,
    shape,
  ])
  const groups = await context.kept.take(name, () => new Count()).groups(() => countAll(scope, plan, pace))
  const { rows, pageInfo } = groupPage(plan, groups, args.pagination?.cursor)
  const interval = args.aggregationInterval
  return {
    lists: projectors.map((project) => {
      const list = new ListBytes()
      for (const group of rows) list.add(project(groupedRow(root, plan.keys, group)))
      return list.take()
    }),
    pageInfo,
    intervalInfo: interval ? { interval: interval.interval, timezone: interval.timezone ?? 'UTC' } : null,
  }
}

function planOf({ root, args, leaves }: Request, { spanMs, time }: Scope): AggregationPlan {
  const interval = args.aggregationInterval
  if (interval) checkInterval(interval.interval, spanMs)
  const bucketPosition = leaves.findIndex(({ path }) => path === 'intervalStartTime')
  const bucketLeaf = leaves[bucketPosition]
  const bucket = interval && bucketLeaf ? bucketer(interval.interval, interval.timezone ?? 'UTC') : undefined
  return {
    root,
    aggregations: aggregationsOf(args).map((input) => readAggregation(root, input)),
    keys: groupKeys(root, leaves),
    bucketOf: bucket && ((record) => bucket(Number(record[time]))),
    bucketAt: bucketLeaf === undefined ? 0 : groupKeys(root, leaves.slice(0, bucketPosition)).length,
    newestBucketFirst: bucketLeaf?.args['sort'] === 'desc',
  }
}

async function countAll(scope: Scope, plan: AggregationPlan, pace: Pace): Promise<readonly Group[]> {
  const { root, filter, extFilter } = scope
  const isPlain = plan.aggregations.every(({ path, hasFilter }) => !hasFilter && areKnownAhead(root, [path]))
  const readsRecords =
    scope.readsRecords ||
    !isPlain ||
    !areKnownAhead(
      root,
      plan.keys.map(({ path }) => path),
    )
  const aggregator = createAggregator(plan)
  for (const chunk of scope.chunks('oldest-first')) {
    for (const row of chunk) {
      const record = recordFor(root, row, readsRecords)
      const kept = scope.isInWindow(record) ? narrow(root, record, filter) : undefined
      const counted = kept === undefined || extFilter === undefined ? kept : narrow(root, kept, extFilter)
      if (counted !== undefined) aggregator.add(counted)
      if (pace.isDue()) await pace.rest()
    }
    if (pace.isDue()) await pace.rest()
  }
  return aggregator.groups()
}
