import type { DraftRow } from './draft-row.ts'
import type { ServiceLevel } from './facts.ts'

export interface ServiceLevelTerms {
  readonly serviceLevelMs: number
  readonly shortAbandonMs: number
  /** Thresholds of queues that have their own (model §3.2: queue configuration before the source's default). */
  readonly slaMsByQueue: ReadonlyMap<string, number>
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
  const limit = (row.queueId === null ? undefined : terms.slaMsByQueue.get(row.queueId)) ?? terms.serviceLevelMs
  return wait <= limit ? 'Met' : 'Missed'
}
