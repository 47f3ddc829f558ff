import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import type { Database } from '@wxcc/db/connect'
import {
  type Delivery,
  type UnmappedCapture,
  listQueuedFetches,
  listUnmappedCaptures,
  listUnmappedFetches,
} from '@wxcc/db/planning/lost-jobs'
import type { Queues } from '@wxcc/queue/enqueue'
import { queueOf } from './delivery.ts'

/** A job is enqueued right after its row's commit; one that has not arrived by now was lost. */
const ARRIVAL_MS = 5_000
const CAPTURE_RETRY_MS = 10_000
const CAPTURE_ATTEMPTS = 8
/** Keeps the look-ups of one tick small; more are found by the next. */
const PER_TICK = 1_000

export interface LostJobs {
  readonly queued: readonly Delivery[]
  readonly unmapped: readonly Delivery[]
  readonly captures: readonly UnmappedCapture[]
}

/**
 * Rows that rely on a job which Redis does not hold (any more): it was flushed, or somebody died between commit and enqueue. Asked outside of
 * the planning transaction, so that a slow Redis holds no lock; what is done about them compares generations again. Throws if Redis is away.
 */
export async function findLostJobs(db: Database, queues: Queues, nowMs: number): Promise<LostJobs> {
  const queuedBeforeMs = nowMs - ARRIVAL_MS
  const queued = await listQueuedFetches(db, queuedBeforeMs, PER_TICK)
  const unmapped = await listUnmappedFetches(db, { nowMs, queuedBeforeMs, limit: PER_TICK })
  const captures = await listUnmappedCaptures(db, {
    nowMs,
    queuedBeforeMs,
    retryMs: CAPTURE_RETRY_MS,
    maxAttempts: CAPTURE_ATTEMPTS,
    limit: PER_TICK,
  })
  return {
    queued: await without(queued, (row) => queues.hasJob(queueOf(row), row)),
    unmapped: await without(unmapped, async (row) => !row.wasReturned && (await queues.hasJob(mapSpan, row))),
    // Captures carry no lease: a job whose worker died comes back by itself, and one that waits behind a thousand others is not lost.
    captures: await without(
      captures,
      async (row) => row.queuedAtMs !== null && (await queues.hasJob(mapTranscript, row)),
    ),
  }
}

async function without<T>(rows: readonly T[], isThere: (row: T) => Promise<boolean>): Promise<T[]> {
  const there = await Promise.all(rows.map(isThere))
  return rows.filter((_, index) => !there[index])
}
