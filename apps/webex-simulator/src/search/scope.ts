/** Which records a query looks at, and which of them it keeps; no record is made before a condition needs it. */
import type { SeenSource } from '../seen-world.ts'
import type { RecordOf, SeenRecord, Span } from '../world.ts'
import { checkWindow } from './check-window.ts'
import type { Root } from './field-table.ts'
import { idPathOf } from './filter-facts.ts'
import { compileFilter } from './match-filter.ts'
import type { CompiledFilter } from './match-filter.ts'
import type { RootArguments } from './root-arguments.ts'
import type { SearchContext } from './search-context.ts'

type RecordTime = 'createdTime' | 'endedTime' | 'startTime'

export interface Scope {
  readonly root: Root
  readonly source: SeenSource
  /** Length of the window asked for. */
  readonly spanMs: number
  /** The timestamp that must lie in the window. */
  readonly time: RecordTime
  readonly filter: CompiledFilter
  readonly extFilter: CompiledFilter | undefined
  /** Whether the conditions look at more than id and beginning. */
  readonly readsRecords: boolean
  /** Everything the matching rows depend on. */
  readonly name: string
  chunks(order: 'oldest-first' | 'newest-first'): Iterable<readonly SeenRecord[]>
  isInWindow(record: RecordOf): boolean
}

interface Use {
  readonly kind: 'raw' | 'aggregation'
  readonly readsActivities: boolean
}

/** @throws QueryRefused for a window beyond a limit */
export function openScope(root: Root, args: RootArguments, context: SearchContext, use: Use): Scope {
  const { nowMs, bounds, spanLimit } = context
  const rules = { nowMs, spanLimit, readsActivities: use.readsActivities }
  const { fromMs, toMs } = checkWindow({ fromMs: args.from, toMs: args.to }, rules)
  const time = root.recordTime === 'startTime' ? 'startTime' : (args.timeComparator ?? 'createdTime')
  const start = bounds === 'open' ? fromMs + 1 : fromMs
  const end = bounds === 'closed' ? toMs + 1 : toMs
  const source = context.source(root.name, use.kind)
  const filter = compileFilter(root, args.filter)
  const extFilter = args.extFilter ? compileFilter(root, args.extFilter) : undefined
  const { ids, taskIds } = filter.facts
  const changedSinceMs = Math.max(
    time === 'endedTime' ? start : Number.NEGATIVE_INFINITY,
    Math.min(filter.facts.changedSinceMs ?? Number.NEGATIVE_INFINITY, source.asOfMs),
  )
  const begun: Span = {
    fromMs: Math.max(0, time === 'endedTime' ? 0 : start, changedSinceMs - source.settlesWithinMs),
    toMs: end,
  }
  const isBegun = (row: SeenRecord) => row.time >= begun.fromMs && row.time < begun.toMs
  return {
    root,
    source,
    spanMs: toMs - fromMs,
    time,
    filter,
    extFilter,
    readsRecords: time === 'endedTime' || extFilter !== undefined || !areKnownAhead(root, filter.paths),
    name: JSON.stringify([root.name, source.momentName(end), time, start, end, args.filter, args.extFilter]),
    *chunks(order) {
      if (ids !== undefined) {
        const rows = [...ids].flatMap((id) => source.find(id) ?? []).filter(isBegun)
        rows.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
        yield order === 'newest-first' ? rows.reverse() : rows
        return
      }
      const spans = taskIds === undefined ? [begun] : [spanOfTasks([...taskIds], begun, source, context)]
      for (const span of spans) yield* source.scan(span, order)
    },
    isInWindow: (record) => time !== 'endedTime' || (Number(record[time]) >= start && Number(record[time]) < end),
  }
}

/** Legs begin while their task lives. Of several tasks the span that holds them all is scanned, for rows must come in order. */
function spanOfTasks(taskIds: readonly string[], begun: Span, source: SeenSource, context: SearchContext): Span {
  const tasks = context.source('taskDetails', 'raw')
  const times = taskIds.map((id) => tasks.find(id)?.time)
  // A recorded world may hold legs of tasks it does not hold.
  if (times.some((time) => time === undefined)) return begun
  const known = times.map(Number)
  const fromMs = Math.max(begun.fromMs, Math.min(...known))
  return { fromMs, toMs: Math.min(begun.toMs, Math.max(...known) + source.settlesWithinMs + 1) }
}

const isKnownAhead = (root: Root, path: string) => path === idPathOf(root) || path === root.recordTime

/** The record, or as much of it as is known without making it. */
export function recordFor(root: Root, row: SeenRecord, readsRecords: boolean): RecordOf {
  return readsRecords ? row.record() : { [idPathOf(root)]: row.id, [root.recordTime]: row.time }
}

/** Whether these fields can be told without making the record. */
export function areKnownAhead(root: Root, paths: Iterable<string>): boolean {
  for (const path of paths) if (!isKnownAhead(root, path)) return false
  return true
}
