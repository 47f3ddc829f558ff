import { type FailureCode, FencedOff } from '@wxcc/contracts/failures'
import { type Transaction, sql } from 'kysely'
import type { CaptureRow } from '../capture.ts'
import type { Database } from '../connect.ts'
import type { DB } from '../schema.ts'

/**
 * Mapping one stored capture needs no lease: the work is idempotent and its one transaction ends by setting `mapped_at` if nobody has. Whoever
 * comes second finds that out and rolls back.
 */
export interface CaptureClaim {
  readonly capture: CaptureRow
}

/** Undefined when the capture is not stored, is mapped already, or the job is of an older generation. */
export async function claimCapture(
  db: Database,
  job: { readonly captureId: number; readonly generation: number },
): Promise<CaptureClaim | undefined> {
  const capture = await unmapped(db, job.captureId, job.generation).executeTakeFirst()
  return capture && { capture }
}

/** First statement of the transaction, after the source's and the task's locks; throws `FencedOff` if the capture is no longer to be mapped. */
export async function holdCapture(tx: Transaction<DB>, { capture }: CaptureClaim): Promise<void> {
  const held = await unmapped(tx, capture.capture_id, capture.map_generation).forUpdate().executeTakeFirst()
  if (held === undefined) throw new FencedOff()
}

/** `code` says what is odd about it, e.g. `unknown_shape`; null when nothing is. */
export async function finishCapture(
  db: Database | Transaction<DB>,
  { capture }: CaptureClaim,
  finished: { readonly code: FailureCode | 'unknown_shape' | null; readonly nowMs: number },
): Promise<void> {
  await db
    .updateTable('etl.capture')
    .set({ mapped_at: new Date(finished.nowMs), map_code: finished.code })
    .where('capture_id', '=', capture.capture_id)
    .where('map_generation', '=', capture.map_generation)
    .where('mapped_at', 'is', null)
    .execute()
}

/** Left unmapped with its reason, for the planner to enqueue again. */
export async function giveBackCapture(
  db: Database,
  { capture }: CaptureClaim,
  back: { readonly code: FailureCode | null; readonly spendsAttempt: boolean },
): Promise<void> {
  await db
    .updateTable('etl.capture')
    .set((eb) => ({
      map_attempts: eb('map_attempts', '+', back.spendsAttempt ? 1 : 0),
      map_code: back.code ?? eb.ref('map_code'),
      // The planner waits the longer from here the more attempts were spent; a polite return is enqueued at once.
      map_queued_at: back.spendsAttempt ? eb.ref('map_queued_at') : null,
    }))
    .where('capture_id', '=', capture.capture_id)
    .where('map_generation', '=', capture.map_generation)
    .where('mapped_at', 'is', null)
    .execute()
}

function unmapped(db: Database | Transaction<DB>, captureId: number, generation: number) {
  return db
    .selectFrom('etl.capture')
    .selectAll()
    .where('capture_id', '=', captureId)
    .where('map_generation', '=', generation)
    .where('state', '=', 'stored')
    .where('mapped_at', 'is', null)
}

/** A mapped task as turns need it. */
export interface HeldConversation {
  readonly conversationId: string
  readonly startTime: Date
  readonly engagements: readonly {
    readonly engagement_id: string
    readonly engagement_type: string
    readonly agent_id: string | null
    readonly start_time_ms: number
    readonly end_time_ms: number | null
    readonly engagement_time_ms: number | null
  }[]
}

/** Undefined when the task has not been mapped yet. */
export async function findConversation(
  tx: Transaction<DB>,
  dataSourceId: number,
  taskId: string,
): Promise<HeldConversation | undefined> {
  // Through etl.task_source, which knows the partition key: conversations are partitioned by their start.
  const conversation = await tx
    .selectFrom('journey.conversation as c')
    .innerJoin('etl.task_source as t', (join) =>
      join
        .onRef('t.data_source_id', '=', 'c.data_source_id')
        .onRef('t.task_id', '=', 'c.source_task_id')
        .onRef('t.created_time', '=', 'c.conversation_start_time'),
    )
    .select(['c.conversation_id', 'c.conversation_start_time'])
    .where('t.data_source_id', '=', dataSourceId)
    .where('t.task_id', '=', taskId)
    .executeTakeFirst()
  if (conversation === undefined) return undefined
  const rows = await tx
    .selectFrom('journey.engagement')
    .select(['engagement_id', 'engagement_type', 'agent_id', 'start_time', 'end_time', 'engagement_time_ms'])
    .where('conversation_id', '=', conversation.conversation_id)
    .where('conversation_start_time', '=', conversation.conversation_start_time)
    .where('is_deleted', '=', false)
    .orderBy(sql`sequence_no`)
    .execute()
  return {
    conversationId: conversation.conversation_id,
    startTime: conversation.conversation_start_time,
    engagements: rows.map(({ start_time, end_time, ...row }) => ({
      ...row,
      start_time_ms: start_time.getTime(),
      end_time_ms: end_time?.getTime() ?? null,
    })),
  }
}
