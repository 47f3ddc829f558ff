import type { CaptureKind, CaptureState } from '@wxcc/contracts/ledger'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB, EtlCapture } from './schema.ts'

export type CaptureRow = Selectable<EtlCapture>

/** A capture that a task ought to have, before the vendor has named it. */
export interface ExpectedCapture {
  readonly taskId: string
  readonly conversationStartMs: number
  readonly kind: CaptureKind
}

/** One row per expected capture, unless the task has one of that kind already (expected or found). */
export async function expectCaptures(
  tx: Transaction<DB>,
  dataSourceId: number,
  expected: readonly ExpectedCapture[],
  nowMs: number,
): Promise<void> {
  if (expected.length === 0) return
  const rows = JSON.stringify(
    expected.map((e) => ({ task_id: e.taskId, started: new Date(e.conversationStartMs).toISOString(), kind: e.kind })),
  )
  const now = new Date(nowMs)
  await sql`
    insert into etl.capture (data_source_id, task_id, conversation_start_time, kind, created_at, updated_at)
    select ${dataSourceId}, x.task_id, x.started, x.kind, ${now}, ${now}
    from json_to_recordset(${rows}::json) as x(task_id text, started timestamptz, kind text)
    where not exists (select from etl.capture c where c.data_source_id = ${dataSourceId} and c.task_id = x.task_id and c.kind = x.kind)
    order by x.task_id, x.kind
    on conflict do nothing`.execute(tx)
}

/** All captures of these tasks, expected and found, in the order they were first known. */
export async function capturesOf(
  db: Database | Transaction<DB>,
  dataSourceId: number,
  taskIds: readonly string[],
): Promise<CaptureRow[]> {
  if (taskIds.length === 0) return []
  return db
    .selectFrom('etl.capture')
    .selectAll()
    .where('data_source_id', '=', dataSourceId)
    .where('task_id', 'in', [...taskIds])
    .orderBy('capture_id')
    .execute()
}

/**
 * The row of one listed capture: its own if it is known, else the expectation of that kind that it fulfils, else a new one.
 * Locks the task's expectation, so that two workers cannot both take it.
 */
export async function identifyCapture(
  tx: Transaction<DB>,
  found: {
    readonly dataSourceId: number
    readonly taskId: string
    readonly conversationStartMs: number
    readonly kind: CaptureKind
    readonly sourceCaptureId: string
    readonly nowMs: number
  },
): Promise<CaptureRow> {
  const now = new Date(found.nowMs)
  const ofKind = await tx
    .selectFrom('etl.capture')
    .selectAll()
    .where('data_source_id', '=', found.dataSourceId)
    .where('task_id', '=', found.taskId)
    .where('kind', '=', found.kind)
    .orderBy('capture_id')
    .forUpdate()
    .execute()
  const known = ofKind.find((row) => row.source_capture_id === found.sourceCaptureId)
  if (known) return known
  const expectation = ofKind.find((row) => row.source_capture_id === null)
  if (expectation) {
    return tx
      .updateTable('etl.capture')
      .set({ source_capture_id: found.sourceCaptureId, updated_at: now })
      .where('capture_id', '=', expectation.capture_id)
      .returningAll()
      .executeTakeFirstOrThrow()
  }
  return tx
    .insertInto('etl.capture')
    .values({
      data_source_id: found.dataSourceId,
      task_id: found.taskId,
      conversation_start_time: new Date(found.conversationStartMs),
      kind: found.kind,
      source_capture_id: found.sourceCaptureId,
      created_at: now,
      updated_at: now,
    })
    .onConflict((oc) =>
      oc.columns(['data_source_id', 'task_id', 'kind', 'source_capture_id']).doUpdateSet({ updated_at: now }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Moves one capture if it is still in one of the states `from` (compare-and-set); false when it was not. `set` adds what the move learned. */
export async function moveCapture(
  db: Database | Transaction<DB>,
  move: {
    readonly captureId: number
    readonly from: readonly CaptureState[]
    readonly to: CaptureState
    readonly set?: Omit<Partial<CaptureUpdate>, 'state' | 'updated_at'>
    readonly nowMs: number
  },
): Promise<boolean> {
  const result = await db
    .updateTable('etl.capture')
    .set({ ...move.set, state: move.to, updated_at: new Date(move.nowMs) })
    .where('capture_id', '=', move.captureId)
    .where('state', 'in', [...move.from])
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

type CaptureUpdate = Pick<
  CaptureRow,
  | 'reason'
  | 'attempts'
  | 'not_before'
  | 'first_failed_at'
  | 'object_key'
  | 'byte_size'
  | 'sha256'
  | 'content_type'
  | 'codec'
  | 'audio_channels'
  | 'sample_rate_hz'
  | 'duration_ms'
  | 'channel_1_participant'
  | 'channel_2_participant'
  | 'start_time'
  | 'end_time'
  | 'stored_at'
>
