import type { DraftRow } from './draft-row.ts'
import type { ServiceLevel } from './facts.ts'

/** The threshold a task leg (CLR `slaValue`) had: the vendor's queue id, the leg's start and the threshold in ms. */
export interface LegPromise {
  readonly queueId: string
  readonly startMs: number
  readonly slaMs: number
}

export interface ServiceLevelTerms {
  readonly serviceLevelMs: number
  readonly shortAbandonMs: number
  /** Thresholds of queues that have their own (model §3.2: queue configuration before the source's default). */
  readonly slaMsByQueue: ReadonlyMap<string, number>
  /** Thresholds that held for this task's own waits; they go before both. */
  readonly legs: readonly LegPromise[]
}

/** How long the customer waited, by the clock; null where it cannot be told. */
function waitOf(row: DraftRow): number | null {
  return row.end === null || row.end < row.start ? null : row.end - row.start
}

export function isShortAbandon(row: DraftRow, terms: ServiceLevelTerms): boolean {
  const wait = waitOf(row)
  return row.queueOutcome === 'abandoned' && wait !== null && wait < terms.shortAbandonMs
}

/**
 * Met or Missed where a queue made a promise; Ignore for short abandons, callbacks, direct agents (model §3.2), and for a wait
 * that moved on, whose promise is the next queue's. An Agent row has the verdict of the queue it was answered from.
 */
export function serviceLevelOf(row: DraftRow, terms: ServiceLevelTerms): ServiceLevel | null {
  if (row.end === null) return null
  if (row.type === 'Agent') return row.answeredQueue === null ? 'Ignore' : serviceLevelOf(row.answeredQueue, terms)
  if (row.type !== 'Queue') return null
  const wait = waitOf(row)
  if (wait === null) return null
  if (row.queueOutcome === 'moved' || row.queueOutcome === 'callback' || isShortAbandon(row, terms)) return 'Ignore'
  if (row.queueOutcome !== 'answered') return 'Missed'
  return wait <= limitOf(row, terms) ? 'Met' : 'Missed'
}

/** Model §3.2: the leg's threshold, else the queue's, else the source's. */
function limitOf({ queueId, start }: DraftRow, terms: ServiceLevelTerms): number {
  if (queueId === null) return terms.serviceLevelMs
  const [leg] = terms.legs
    .filter((one) => one.queueId === queueId)
    .toSorted(
      (a, b) => Math.abs(a.startMs - start) - Math.abs(b.startMs - start) || a.startMs - b.startMs || a.slaMs - b.slaMs,
    )
  return leg?.slaMs ?? terms.slaMsByQueue.get(queueId) ?? terms.serviceLevelMs
}
