import type { AggregationInput } from './aggregation-request.ts'
import type { Interval } from './intervals.ts'
import { countElements } from './match-filter.ts'
import type { FilterInput } from './match-filter.ts'
import { QueryRefused } from './refusal.ts'

/** Arguments of a root as GraphQL delivers them. */
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

/** A query without any is raw. */
export function aggregationsOf(args: RootArguments): readonly AggregationInput[] {
  return args.aggregations ?? args.aggregation?.aggr ?? []
}

/** @throws QueryRefused above 1,000 elements in all filters of the query together */
export function checkFilterSize(args: RootArguments): void {
  const inner = aggregationsOf(args).flatMap((one) => [one.filter, one.extFilter, one.predicate])
  const elements = [args.filter, args.extFilter, ...inner].reduce((sum, filter) => sum + countElements(filter ?? {}), 0)
  if (elements > MAX_FILTER_ELEMENTS) throw new QueryRefused(`more than ${MAX_FILTER_ELEMENTS} filter elements`)
}
