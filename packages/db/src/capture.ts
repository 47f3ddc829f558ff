import type { CaptureKind, CaptureState } from '@wxcc/contracts/ledger'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB, EtlCapture } from './schema.ts'

export type CaptureRow = Selectable<EtlCapture>

/** Why a capture is asked for; `listing` and `transcript` were found there without having been expected. */
export type ExpectedBy = 'flag' | 'channel' | 'policy' | 'sample' | 'listing' | 'transcript'

/** Captures of one kind that a task ought to have, before the vendor has named them. */
export interface ExpectedCapture {
  readonly taskId: string
  readonly conversationStartMs: number
  readonly kind: CaptureKind
  /** How many of them. */
  readonly count: number
  readonly by: ExpectedBy
  /** Not to be asked for before, epoch ms; null = at once. */
  readonly notBeforeMs: number | null
}

/**
 * One row per expected capture, beyond those the task has of that kind, expected or found. Recordings of a virtual agent alone stand for none of
 * them: the vendor does not count them. A sampled task that is expected to have one by now is asked for again.
 */
export async function expectCaptures(
  tx: Transaction<DB>,
  dataSourceId: number,
  expected: readonly ExpectedCapture[],
  nowMs: number,
): Promise<void> {
  if (expected.length === 0) return
  const timeOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const rows = JSON.stringify(
    expected.map((e) => ({
      task_id: e.taskId,
      started: timeOf(e.conversationStartMs),
      kind: e.kind,
      wanted: e.count,
      by: e.by,
      not_before: timeOf(e.notBeforeMs),
    })),
  )
  const now = new Date(nowMs)
  await sql`
    insert into etl.capture (data_source_id, task_id, conversation_start_time, kind, part, expected_by, not_before, created_at, updated_at)
    select ${dataSourceId}, x.task_id, x.started, x.kind, p.part, x.by, x.not_before, ${now}, ${now}
    from json_to_recordset(${rows}::json)
      as x(task_id text, started timestamptz, kind text, wanted integer, by text, not_before timestamptz)
    cross join lateral generate_series(1, x.wanted) as p(part)
    where p.part > (select count(*) from etl.capture c where c.data_source_id = ${dataSourceId} and c.task_id = x.task_id and c.kind = x.kind
                      and c.call_type is distinct from 'va-main' and c.call_type is distinct from 'va-consult')
    order by x.task_id, x.kind, p.part
    on conflict do nothing`.execute(tx)
  await sql`
    update etl.capture c set expected_by = x.by, state = 'expected', reason = null, attempts = 0, not_before = null, first_failed_at = null,
      fetch_id = null, updated_at = ${now}
    from json_to_recordset(${rows}::json) as x(task_id text, kind text, by text)
    where c.data_source_id = ${dataSourceId} and c.task_id = x.task_id and c.kind = x.kind and c.expected_by = 'sample' and x.by <> 'sample'
      and c.source_capture_id is null and c.state in ('expected','not_available')`.execute(tx)
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
 * The row of one found capture: its own if it is known, else the expectation of that kind that it fulfils, else a new one. Locks the task's captures
 * of that kind, so that two workers cannot both take an expectation.
 */
export async function identifyCapture(
  tx: Transaction<DB>,
  found: {
    readonly dataSourceId: number
    readonly taskId: string
    readonly conversationStartMs: number
    readonly kind: CaptureKind
    readonly sourceCaptureId: string
    /** `main`, `consult`, `va-main`, `va-consult`; null for what is no recording. */
    readonly callType: string | null
    readonly by: ExpectedBy
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
  const isExpected = found.callType?.startsWith('va-') !== true
  const expectation = isExpected ? ofKind.find((row) => row.source_capture_id === null) : undefined
  const named = { source_capture_id: found.sourceCaptureId, call_type: found.callType, updated_at: now }
  if (expectation) {
    return tx
      .updateTable('etl.capture')
      .set({ ...named, ...(expectation.expected_by === 'sample' ? { findings: ['unflagged'] } : {}) })
      .where('capture_id', '=', expectation.capture_id)
      .returningAll()
      .executeTakeFirstOrThrow()
  }
  return tx
    .insertInto('etl.capture')
    .values({
      ...named,
      data_source_id: found.dataSourceId,
      task_id: found.taskId,
      conversation_start_time: new Date(found.conversationStartMs),
      kind: found.kind,
      expected_by: found.by,
      created_at: now,
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
  | 'agent_channel'
  | 'findings'
  | 'sample_rate_hz'
  | 'duration_ms'
  | 'channel_1_participant'
  | 'channel_2_participant'
  | 'start_time'
  | 'end_time'
  | 'stored_at'
>
