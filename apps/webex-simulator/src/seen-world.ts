import type { SimulatedClock } from './clock.ts'
import { lagOf } from './index-lag.ts'
import type { IndexLag } from './index-lag.ts'
import type { RootName } from './search/field-table.ts'
import { createKeptAnswers } from './search/kept-answers.ts'
import type { KeptAnswers } from './search/kept-answers.ts'
import type { RecordOf, RecordSource, SeenRecord, Span, World } from './world.ts'

/**
 * A running clock is rounded down to this before the world is looked at, as a search index shows new records only after a refresh; all requests
 * of a second see the same. A manual clock is taken exactly.
 */
const INDEX_REFRESH_MS = 1000

/** So much later each further copy of the index knows of late values (`SIM_REPLICAS`). */
const COPY_BEHIND_MS = 60_000

/** Values that reach a record long after its contact ended; the copies differ in these (webex-cc-api §3.14). */
const LATE_FIELDS = [
  'csatScore',
  'autoCsat',
  'topicName',
  'contactDriver',
  'feedback',
  'sentiment',
  'autoEvalScore',
  'customerSentimentScore',
] as const

/** Which answer of the index: how late it is, which of its copies answers, and how stale that one is told to be. */
export interface IndexView {
  readonly lag: IndexLag
  /** 0 knows everything in time. */
  readonly copy: number
  readonly staleMs: number
}

/** Records of one kind as the index shows them at one moment. */
export interface SeenSource {
  /** Latest moment any record is shown at, epoch ms. */
  readonly asOfMs: number
  /** A record that began longer ago than this no longer changes. */
  readonly settlesWithinMs: number
  /** Equal names, equal answers for records that began before `toMs`: what earlier pages found may be used again. */
  momentName(toMs: number): string
  scan(span: Span, order: 'oldest-first' | 'newest-first'): Iterable<readonly SeenRecord[]>
  find(id: string): SeenRecord | undefined
}

/** The world at the clock's time. */
export interface SeenWorld {
  readonly world: World
  /** Ids and groups earlier queries found. */
  readonly kept: KeptAnswers
  /** Moment the world is rendered at, epoch ms; never past the end of its life. */
  asOfMs(): number
  source(root: RootName, view: IndexView): SeenSource
}

export function createSeenWorld(world: World, clock: SimulatedClock, untilMs = Number.POSITIVE_INFINITY): SeenWorld {
  const sources: Readonly<Record<RootName, RecordSource>> = {
    taskDetails: world.tasks,
    task: world.tasks,
    taskLegDetails: world.taskLegs,
    agentSession: world.agentSessions,
  }
  const refreshedMs = () => {
    const now = clock.nowMs()
    return clock.speed === 0 ? now : Math.floor(now / INDEX_REFRESH_MS) * INDEX_REFRESH_MS
  }
  return {
    world,
    kept: createKeptAnswers(),
    asOfMs: () => Math.min(untilMs, clock.nowMs() >= untilMs ? untilMs : refreshedMs()),
    source: (root, view) => seenSource(sources[root], { ...view, refreshedMs: refreshedMs(), untilMs }),
  }
}

interface Moment extends IndexView {
  readonly refreshedMs: number
  readonly untilMs: number
}

function seenSource(source: RecordSource, { lag, copy, staleMs, refreshedMs, untilMs }: Moment): SeenSource {
  // The end of life is no moment the index waits for: what happened before it appears, only later.
  const momentOf = (lagMs: number) => Math.min(untilMs, refreshedMs - lagMs - staleMs)
  const asOfMs = momentOf(lag.leastMs)
  const settlesWithinMs = source.settlesWithinMs + lag.mostMs + copy * COPY_BEHIND_MS
  const isPlain = lag.mostMs <= lag.leastMs && copy === 0

  const shown = (row: SeenRecord): SeenRecord | undefined => {
    const momentMs = momentOf(lagOf(row.id, lag))
    if (row.time > momentMs) return undefined
    if (asOfMs - row.time > settlesWithinMs) return row
    const { id, time } = row
    return { id, time, record: () => recordAt(source, row, momentMs, momentMs === asOfMs, copy) }
  }
  return {
    asOfMs,
    settlesWithinMs,
    momentName: (toMs) =>
      momentOf(lag.mostMs) - copy * COPY_BEHIND_MS - source.settlesWithinMs >= toMs ? 'settled' : `${asOfMs}/${copy}`,
    *scan(span, order) {
      for (const chunk of source.scan(span, asOfMs, order)) {
        yield isPlain ? chunk : chunk.flatMap((row) => shown(row) ?? [])
      }
    },
    find(id) {
      const row = source.find(id, asOfMs)
      return row === undefined || isPlain ? row : shown(row)
    },
  }
}

function recordAt(source: RecordSource, row: SeenRecord, momentMs: number, isNow: boolean, copy: number): RecordOf {
  const record = isNow ? row.record() : (source.find(row.id, momentMs) ?? row).record()
  if (copy === 0) return record
  const before = source.find(row.id, momentMs - copy * COPY_BEHIND_MS)?.record()
  const late = LATE_FIELDS.filter((name) => name in record).map((name) => [name, before?.[name] ?? null] as const)
  return { ...record, ...Object.fromEntries(late) }
}
