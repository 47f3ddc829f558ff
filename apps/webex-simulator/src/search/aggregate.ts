/** The aggregation engine: records in, groups out. Pure. */
import { textOf } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Aggregation, GroupKey } from './aggregation-request.ts'
import type { Root } from './field-table.ts'
import { inHashOrder } from './hash-order.ts'
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
  /** So many keys are selected before `intervalStartTime`: groups are ordered and named in the order of the selection. @default 0 */
  readonly bucketAt?: number
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
  #last: RecordOf | undefined
  readonly #aggregation: Aggregation

  constructor(aggregation: Aggregation) {
    this.#aggregation = aggregation
  }

  add(row: Row): void {
    const { depth, filters, read, type } = this.#aggregation
    const counted = row[depth]
    if (counted === undefined || !filters.every((filter) => filter.test(row))) return
    // A record unfolds into many rows, one after the other, when a key or a neighbour lies deeper; it still weighs once.
    if (depth < row.length - 1) {
      if (this.#last === counted) return
      this.#last = counted
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

/** Takes records one by one; any number of them may pass through. */
export interface Aggregator {
  add(record: RecordOf): void
  /** In the order of their keys; without keys and buckets exactly one. Buckets without records are missing. */
  groups(): readonly Group[]
}

export function createAggregator(plan: AggregationPlan): Aggregator {
  const depth = Math.max(
    0,
    ...plan.keys.map((key) => key.depth),
    ...plan.aggregations.flatMap((wanted) => [wanted.depth, ...wanted.filters.map((filter) => filter.depth)]),
  )
  const groups = new Map<string, OpenGroup>()
  const open = (intervalStartTime: number | null, values: readonly Json[]) => {
    const id = values.length === 0 ? String(intervalStartTime) : JSON.stringify([intervalStartTime, values])
    const known = groups.get(id)
    if (known !== undefined) return known
    const group = { intervalStartTime, values, tallies: plan.aggregations.map((wanted) => new Tally(wanted)) }
    groups.set(id, group)
    return group
  }
  if (plan.keys.length === 0 && plan.bucketOf === undefined) open(null, [])
  return {
    add(record) {
      const bucket = plan.bucketOf?.(record) ?? null
      const rows = depth === 0 ? [[record]] : unfold(plan.root, record, depth)
      for (const row of rows) {
        const group = open(
          bucket,
          plan.keys.map((key) => key.read(row)),
        )
        for (const tally of group.tallies) tally.add(row)
      }
    },
    groups: () => [...groups.values()].toSorted((a, b) => compareGroups(plan, a, b)).map((group) => close(plan, group)),
  }
}

/** Groups of all records. */
export function aggregate(plan: AggregationPlan, records: readonly RecordOf[]): readonly Group[] {
  const aggregator = createAggregator(plan)
  for (const record of records) aggregator.add(record)
  return aggregator.groups()
}

/** By the keys in the order of the selection, `intervalStartTime` at its place, null first: so are all public answers. */
function compareGroups(plan: AggregationPlan, a: KeyedGroup, b: KeyedGroup): number {
  const bucketAt = plan.bucketAt ?? 0
  for (let position = 0; position <= plan.keys.length; position++) {
    const byBucket = position === bucketAt ? compareJson(a.intervalStartTime, b.intervalStartTime) : 0
    if (byBucket !== 0) return plan.newestBucketFirst ? -byBucket : byBucket
    const order = compareJson(a.values[position] ?? null, b.values[position] ?? null)
    if (order !== 0) return plan.keys[position]?.descending ? -order : order
  }
  return 0
}

function close(plan: AggregationPlan, group: OpenGroup): Group {
  const aggregation = group.tallies.map((tally, position) => ({
    name: plan.aggregations[position]?.name ?? '',
    value: tally.value(),
  }))
  return { intervalStartTime: group.intervalStartTime, values: group.values, aggregation: inHashOrder(aggregation) }
}

const GROUPS_PER_PAGE = 1000
const NO_CURSOR: ReadonlySet<string> = new Set(['', 'NA', '0'])

/** The name of a group: `field=value::field=value…` in the order of the selection. */
export function groupCursor(plan: AggregationPlan, group: KeyedGroup): string {
  const keys = plan.keys.map((key, position) => `${key.path}=${textOf(group.values[position]) || 'null'}`)
  const bucket = plan.bucketOf === undefined ? [] : [`intervalStartTime=${group.intervalStartTime}`]
  return keys.toSpliced(plan.bucketAt ?? 0, 0, ...bucket).join('::')
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

function startAfter(plan: AggregationPlan, groups: readonly Group[], cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined || NO_CURSOR.has(cursor)) return 0
  const named = groups.findIndex((group) => groupCursor(plan, group) === cursor)
  if (named !== -1) return named + 1
  const next = groups.findIndex((group) => compareGroups(plan, group, parseCursor(plan, cursor, group)) > 0)
  return next === -1 ? groups.length : next
}

/** 1,000 groups after the one the cursor names, which need not be there any more. */
export function groupPage(plan: AggregationPlan, groups: readonly Group[], cursor: string | null | undefined) {
  const start = startAfter(plan, groups, cursor)
  const rows = groups.slice(start, start + GROUPS_PER_PAGE)
  const last = rows.at(-1)
  const hasNextPage = start + rows.length < groups.length
  const endCursor = hasNextPage && last !== undefined ? groupCursor(plan, last) : null
  return { rows, pageInfo: { hasNextPage, endCursor } }
}
