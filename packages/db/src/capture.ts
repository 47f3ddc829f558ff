import type { CaptureKind, CaptureState } from '@wxcc/contracts/ledger'
import { type Insertable, type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import { type Claim, fenceOf, holdFence } from './fetch-claim.ts'
import { readErasedTasks } from './erased.ts'
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

/** A file that was found, in a listing or in a transcript. */
export interface FoundCapture {
  readonly taskId: string
  readonly conversationStartMs: number
  readonly kind: CaptureKind
  readonly sourceCaptureId: string
  /** `main`, `consult`, `va-main`, `va-consult`; null for what is no recording. */
  readonly callType: string | null
  readonly by: ExpectedBy
}

/**
 * The rows of found captures, marked as being downloaded: each one's own if it is known, else the expectation of that kind that it fulfils, else a
 * new one; undefined where the capture is stored already, or retention or an erasure took it. Waits for the mapper of these tasks, which counts what is still
 * expected, and locks their captures, so that two workers cannot both take an expectation.
 */
export async function takeCaptures(
  tx: Transaction<DB>,
  taken: { readonly dataSourceId: number; readonly found: readonly FoundCapture[]; readonly nowMs: number },
): Promise<(CaptureRow | undefined)[]> {
  const { dataSourceId } = taken
  if (taken.found.length === 0) return []
  const now = new Date(taken.nowMs)
  const taskIds = [...new Set(taken.found.map(({ taskId }) => taskId))]
  await sql`select pg_advisory_xact_lock(hashtextextended('task:' || ${dataSourceId}::text || ':' || id, 0))
    from (select unnest(${taskIds}::text[]) as id order by 1) ids`.execute(tx)
  const rows = await tx
    .selectFrom('etl.capture')
    .selectAll()
    .where('data_source_id', '=', dataSourceId)
    .where('task_id', '=', sql<string>`any(${taskIds}::text[])`)
    .orderBy('capture_id')
    .forUpdate()
    .execute()
  const erased = await readErasedTasks(tx, dataSourceId, taskIds)
  const found = taken.found.filter(({ taskId }) => !erased.has(taskId))

  const updates: { capture_id: string; source_capture_id: string; call_type: string | null; is_hit: boolean }[] = []
  const inserts: Insertable<EtlCapture>[] = []
  const used = new Set<number>()
  for (const one of found) {
    const ofKind = rows.filter((row) => row.task_id === one.taskId && row.kind === one.kind)
    const known = ofKind.find((row) => row.source_capture_id === one.sourceCaptureId)
    const isCounted = one.callType?.startsWith('va-') !== true
    const row =
      known ??
      (isCounted ? ofKind.find((other) => other.source_capture_id === null && !used.has(other.capture_id)) : undefined)
    const named = { source_capture_id: one.sourceCaptureId, call_type: one.callType }
    if (row !== undefined) {
      used.add(row.capture_id)
      if (row.state === 'stored' || row.reason === 'capture_retention' || row.reason === 'capture_erased') continue
      const isHit = known === undefined && row.expected_by === 'sample'
      updates.push({ ...named, capture_id: String(row.capture_id), is_hit: isHit })
    } else {
      inserts.push({
        ...named,
        data_source_id: dataSourceId,
        task_id: one.taskId,
        conversation_start_time: new Date(one.conversationStartMs),
        kind: one.kind,
        expected_by: one.by,
        state: 'downloading',
        created_at: now,
        updated_at: now,
      })
    }
  }
  const downloading = [...(await nameCaptures(tx, updates, now)), ...(await insertCaptures(tx, inserts))]
  return taken.found.map((one) =>
    downloading.find(
      (row) => row.task_id === one.taskId && row.kind === one.kind && row.source_capture_id === one.sourceCaptureId,
    ),
  )
}

async function nameCaptures(tx: Transaction<DB>, updates: readonly object[], now: Date): Promise<CaptureRow[]> {
  if (updates.length === 0) return []
  const { rows } = await sql<CaptureRow>`
    update etl.capture c set source_capture_id = x.source_capture_id, call_type = coalesce(x.call_type, c.call_type), state = 'downloading',
      findings = case when x.is_hit then array['unflagged'] else c.findings end, updated_at = ${now}
    from json_to_recordset(${JSON.stringify(updates)}::json) as x(capture_id bigint, source_capture_id text, call_type text, is_hit boolean)
    where c.capture_id = x.capture_id returning c.*`.execute(tx)
  return rows
}

/** One that another worker inserted meanwhile, and is downloading or has stored, is left to it. */
async function insertCaptures(tx: Transaction<DB>, inserts: Insertable<EtlCapture>[]): Promise<CaptureRow[]> {
  if (inserts.length === 0) return []
  return tx
    .insertInto('etl.capture')
    .values(inserts)
    .onConflict((oc) => oc.columns(['data_source_id', 'task_id', 'kind', 'source_capture_id']).doNothing())
    .returningAll()
    .execute()
}

/**
 * downloading → stored, with all that is known of the file. Answers the map generation that is now due; undefined when it was not downloading. One
 * statement, since there is one for every file. Throws `FencedOff`.
 */
export async function storeCaptureRow(
  db: Database,
  stored: {
    readonly claim: Claim
    readonly captureId: number
    readonly set: Omit<CaptureUpdate, 'reason' | 'attempts' | 'not_before' | 'first_failed_at' | 'stored_at'>
    readonly attributes: Readonly<Record<string, string | null>>
    readonly nowMs: number
  },
): Promise<number | undefined> {
  const { claim } = stored
  const at = new Date(stored.nowMs)
  const row = await db
    .with('fence', (query) => fenceOf(query, claim).forShare())
    .updateTable('etl.capture')
    .set((eb) => ({
      ...stored.set,
      state: 'stored',
      reason: null,
      not_before: null,
      fetch_id: claim.fetchId,
      attributes: JSON.stringify(stored.attributes),
      map_generation: eb('map_generation', '+', 1),
      map_queued_at: at,
      stored_at: at,
      updated_at: at,
    }))
    .where('capture_id', '=', stored.captureId)
    .where('state', '=', 'downloading')
    .where((eb) => eb.exists(eb.selectFrom('fence').select('fetch_id')))
    .returning('map_generation')
    .executeTakeFirst()
  // Nothing was stored: because somebody else did, or because this claim is no more.
  if (row === undefined) await db.transaction().execute((tx) => holdFence(tx, claim, 'share'))
  return row?.map_generation
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
