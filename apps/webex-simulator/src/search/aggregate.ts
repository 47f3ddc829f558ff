/** The aggregation engine: records in, groups out. Pure. */
import { textOf } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Aggregation, GroupKey } from './aggregation-request.ts'
import type { Root } from './field-table.ts'
import { QueryRefused } from './refusal.ts'
import { unfold } from './row.ts'
import type { Row } from './row.ts'
import { compareJson } from './sort-rows.ts'

export interface AggregationPlan {
  readonly root: Root
  readonly aggregations: readonly Aggregation[]
  readonly keys: readonly GroupKey[]
  /** Interval start of a record; undefined when the query does not select `intervalStartTime`. */
  readonly bucketOf: ((record: RecordOf) => number) | undefined
  readonly newestBucketFirst: boolean
}

interface KeyedGroup {
  readonly intervalStartTime: number | null
  /** In the order of the plan's keys. */
  readonly values: readonly Json[]
}

export interface Group extends KeyedGroup {
  readonly aggregation: readonly { readonly name: string; readonly value: number | null }[]
}

/** Running figures of one aggregation in one group. */
class Tally {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  readonly distinct = new Set<Json>()
  readonly #seen = new Set<RecordOf>()
  readonly #aggregation: Aggregation

  constructor(aggregation: Aggregation) {
    this.#aggregation = aggregation
  }

  add(row: Row): void {
    const { depth, filters, read, type } = this.#aggregation
    const counted = row[depth]
    if (counted === undefined || !filters.every((filter) => filter.test(row))) return
    // A record unfolds into many rows when a key or a neighbour lies deeper; it still weighs once.
    if (depth < row.length - 1) {
      if (this.#seen.has(counted)) return
      this.#seen.add(counted)
    }
    const value = read(row)
    if (value === null) return
    this.count++
    if (type === 'cardinality') this.distinct.add(value)
    if (typeof value !== 'number') return
    this.sum += value
    this.min = Math.min(this.min, value)
    this.max = Math.max(this.max, value)
  }

  /** Nothing to look at: counts and sums are 0 (public answers show 0.0), the rest is null. */
  value(): number | null {
    switch (this.#aggregation.type) {
      case 'count':
        return this.count
      case 'cardinality':
        return this.distinct.size
      case 'sum':
        return this.sum
      case 'average':
        return this.count === 0 ? null : this.sum / this.count
      case 'min':
        return this.count === 0 ? null : this.min
      case 'max':
        return this.count === 0 ? null : this.max
      default:
        return this.#aggregation.type satisfies never
    }
  }
}

interface OpenGroup extends KeyedGroup {
  readonly tallies: readonly Tally[]
}

/** Groups of all records, in the order of their keys; without keys and buckets exactly one. Buckets without records are missing. */
export function aggregate(plan: AggregationPlan, records: readonly RecordOf[]): readonly Group[] {
  const depth = Math.max(
    0,
    ...plan.keys.map((key) => key.depth),
    ...plan.aggregations.flatMap((wanted) => [wanted.depth, ...wanted.filters.map((filter) => filter.depth)]),
  )
  const groups = new Map<string, OpenGroup>()
  const open = (intervalStartTime: number | null, values: readonly Json[]) => {
    const id = JSON.stringify([intervalStartTime, values])
    const known = groups.get(id)
    if (known !== undefined) return known
    const group = { intervalStartTime, values, tallies: plan.aggregations.map((wanted) => new Tally(wanted)) }
    groups.set(id, group)
    return group
  }
  if (plan.keys.length === 0 && plan.bucketOf === undefined) open(null, [])
  for (const record of records) {
    const bucket = plan.bucketOf?.(record) ?? null
    for (const row of unfold(plan.root, record, depth)) {
      const group = open(
        bucket,
        plan.keys.map((key) => key.read(row)),
      )
      for (const tally of group.tallies) tally.add(row)
    }
  }
  return [...groups.values()].toSorted((a, b) => compareGroups(plan, a, b)).map((group) => close(plan, group))
}

function compareGroups(plan: AggregationPlan, a: KeyedGroup, b: KeyedGroup): number {
  const byBucket = compareJson(a.intervalStartTime, b.intervalStartTime)
  if (byBucket !== 0) return plan.newestBucketFirst ? -byBucket : byBucket
  for (const [position, key] of plan.keys.entries()) {
    const order = compareJson(a.values[position] ?? null, b.values[position] ?? null)
    if (order !== 0) return key.descending ? -order : order
  }
  return 0
}

/** Public answers list aggregations in another order than asked; reversed, so that a client that trusts the order fails here. */
function close(plan: AggregationPlan, group: OpenGroup): Group {
  const aggregation = group.tallies.map((tally, position) => ({
    name: plan.aggregations[position]?.name ?? '',
    value: tally.value(),
  }))
  return { intervalStartTime: group.intervalStartTime, values: group.values, aggregation: aggregation.reverse() }
}

const GROUPS_PER_PAGE = 1000
const NO_CURSOR: ReadonlySet<string> = new Set(['', 'NA', '0'])

/** The name of a group: `field=value::field=value…`, its bucket first. */
export function groupCursor(plan: AggregationPlan, group: KeyedGroup): string {
  const keys = plan.keys.map((key, position) => `${key.path}=${textOf(group.values[position]) || 'null'}`)
  return [...(plan.bucketOf === undefined ? [] : [`intervalStartTime=${group.intervalStartTime}`]), ...keys].join('::')
}

/** Values a cursor names, typed like those of `like`, so that both can be compared. */
function parseCursor(plan: AggregationPlan, cursor: string, like: KeyedGroup): KeyedGroup {
  const texts = new Map(
    cursor.split('::').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
  const read = (path: string, sample: Json): Json => {
    const text = texts.get(path)
    if (text === undefined) throw new QueryRefused('pagination: not a cursor of this query')
    if (text === 'null') return null
    if (typeof sample === 'number') return Number(text)
    return typeof sample === 'boolean' ? text === 'true' : text
  }
  return {
    intervalStartTime: plan.bucketOf === undefined ? null : Number(read('intervalStartTime', 0)),
    values: plan.keys.map((key, position) => read(key.path, like.values[position] ?? null)),
  }
}

/** 1,000 groups after the one the cursor names, which need not be there any more. */
export function groupPage(plan: AggregationPlan, groups: readonly Group[], cursor: string | null | undefined) {
  const isFirst = cursor === null || cursor === undefined || NO_CURSOR.has(cursor)
  const found = isFirst
    ? 0
    : groups.findIndex((group) => compareGroups(plan, group, parseCursor(plan, cursor, group)) > 0)
  const start = found === -1 ? groups.length : found
  const rows = groups.slice(start, start + GROUPS_PER_PAGE)
  const last = rows.at(-1)
  const hasNextPage = start + rows.length < groups.length
  const endCursor = hasNextPage && last !== undefined ? groupCursor(plan, last) : null
  return { rows, pageInfo: { hasNextPage, endCursor } }
}
