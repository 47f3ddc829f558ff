import type { Stream } from '@wxcc/contracts/ledger'
import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import { keepPlannersOut } from './planning/planner-transaction.ts'
import type { DB } from './schema.ts'

export type HistoryState = 'planned' | 'running' | 'cancelled'
export type RecordsByStream = Readonly<Partial<Record<Stream, number>>>

/** A range before a source's first quarter hour that was planned, and how far it has come. */
export interface History {
  readonly historyId: number
  readonly source: string
  readonly from: Date
  readonly until: Date
  readonly state: HistoryState
  readonly isPaused: boolean
  /** As the vendor counted them when it was planned. */
  readonly records: RecordsByStream
  /** The forecast. */
  readonly requests: number
  readonly byteSize: number
  /** So far: quarter hours, those proved, records in them, requests sent for them. */
  readonly windows: number
  readonly windowsProved: number
  readonly recordsProved: number
  readonly requestsSent: number
}

/** Keeps a forecast; one that was not applied is replaced. */
export async function saveHistory(
  db: Database,
  history: {
    readonly dataSourceId: number
    readonly fromMs: number
    readonly untilMs: number
    readonly records: RecordsByStream
    readonly requests: number
    readonly byteSize: number
    readonly nowMs: number
  },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('etl.history')
      .where('data_source_id', '=', history.dataSourceId)
      .where('state', '=', 'planned')
      .execute()
    await tx
      .insertInto('etl.history')
      .values({
        data_source_id: history.dataSourceId,
        from_at: new Date(history.fromMs),
        until_at: new Date(history.untilMs),
        records: sql`${JSON.stringify(history.records)}::jsonb`,
        requests: history.requests,
        byte_size: history.byteSize,
        created_at: new Date(history.nowMs),
      })
      .execute()
  })
}

/** planned → running: the source begins where the history does, and the planner does the rest. False when nothing was planned. */
export async function applyHistory(db: Database, dataSourceId: number, nowMs: number): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('etl.history')
      .set({ state: 'running', applied_at: new Date(nowMs) })
      .where('data_source_id', '=', dataSourceId)
      .where('state', '=', 'planned')
      .returning('from_at')
      .executeTakeFirst()
    if (row === undefined) return false
    await tx
      .updateTable('etl.data_source')
      .set({ load_from: row.from_at, is_history_paused: false, updated_at: new Date(nowMs) })
      .where('data_source_id', '=', dataSourceId)
      .where('load_from', '>', row.from_at)
      .execute()
    return true
  })
}

/** Lets a source's history wait, or go on. What a worker has in hand ends. */
export async function pauseHistory(
  db: Database,
  dataSourceId: number,
  isPaused: boolean,
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('etl.data_source')
    .set({ is_history_paused: isPaused, updated_at: new Date(nowMs) })
    .where('data_source_id', '=', dataSourceId)
    .execute()
}

/**
 * Gives up what is not begun: whole UTC days without a quarter hour that was read. Days that are begun are finished. The source begins at the first day
 * that stays. Answers how many quarter hours were given up.
 */
export async function cancelHistory(db: Database, dataSourceId: number, nowMs: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await keepPlannersOut(tx)
    const running = await tx
      .selectFrom('etl.history')
      .select((eb) => [eb.fn.min('from_at').as('from_at'), eb.fn.max('until_at').as('until_at')])
      .where('data_source_id', '=', dataSourceId)
      .where('state', '=', 'running')
      .executeTakeFirstOrThrow()
    await tx
      .updateTable('etl.history')
      .set({ state: 'cancelled', cancelled_at: new Date(nowMs) })
      .where('data_source_id', '=', dataSourceId)
      .where('state', 'in', ['planned', 'running'])
      .execute()
    // min() of no rows is null, whatever its type says.
    const from = running.from_at as Date | null
    if (from === null) return 0
    await forgetPendingFetches(tx, dataSourceId, from, running.until_at)
    const dropped = await sql`
      delete from etl.load_window w
      where w.data_source_id = ${dataSourceId} and w.window_start >= ${from} and w.window_start < ${running.until_at}
        and not exists (select from etl.load_window d
          where d.data_source_id = w.data_source_id and date_trunc('day', d.window_start, 'UTC') = date_trunc('day', w.window_start, 'UTC')
            and (d.loaded_at is not null or d.fetch_id is not null or d.window_start >= ${running.until_at}))`.execute(
      tx,
    )
    await sql`
      update etl.data_source s
      set load_from = coalesce((select min(w.window_start) from etl.load_window w where w.data_source_id = s.data_source_id), ${running.until_at}),
          is_history_paused = false, updated_at = ${new Date(nowMs)}
      where s.data_source_id = ${dataSourceId}`.execute(tx)
    return Number(dropped.numAffectedRows ?? 0n)
  })
}

/** Fetches nobody has begun: their windows wait as if they had never been planned. */
async function forgetPendingFetches(tx: Transaction<DB>, dataSourceId: number, from: Date, until: Date): Promise<void> {
  await sql`
    with unbegun as (
      select fetch_id from etl.fetch f
      where f.data_source_id = ${dataSourceId} and f.state = 'pending' and f.lane = 'history' and f.kind in ('span','census')
        and f.range_start >= ${from} and f.range_start < ${until} and f.actual_requests = 0
        and not exists (select from etl.raw_page p where p.fetch_id = f.fetch_id)
      for update),
    freed as (
      update etl.load_window w set fetch_id = null, updated_at = now()
      from unbegun u where w.fetch_id = u.fetch_id and w.data_source_id = ${dataSourceId} returning w.fetch_id)
    select count(*) from freed`.execute(tx)
  await sql`
    delete from etl.fetch f
    where f.data_source_id = ${dataSourceId} and f.state = 'pending' and f.lane = 'history' and f.kind in ('span','census')
      and f.range_start >= ${from} and f.range_start < ${until} and f.actual_requests = 0
      and not exists (select from etl.raw_page p where p.fetch_id = f.fetch_id)
      and not exists (select from etl.load_window w where w.fetch_id = f.fetch_id or w.census_id = f.fetch_id)`.execute(
    tx,
  )
}

/** All histories, the latest first. */
export async function listHistories(db: Database, dataSourceId?: number): Promise<History[]> {
  const { rows } = await sql<History>`
    select h.history_id as "historyId", s.data_source_key as source, h.from_at as "from", h.until_at as "until", h.state,
           s.is_history_paused as "isPaused", h.records, h.requests, h.byte_size as "byteSize",
           w.windows, w.proved as "windowsProved", w.records as "recordsProved", f.requests as "requestsSent"
    from etl.history h join etl.data_source s using (data_source_id)
    cross join lateral (
      select count(*) as windows, count(*) filter (where w.state in ('verified','sealed','expired')) as proved,
             coalesce(sum(w.stored) filter (where w.state in ('verified','sealed')), 0)::bigint as records
      from etl.load_window w
      where w.data_source_id = h.data_source_id and w.window_start >= h.from_at and w.window_start < h.until_at) w
    cross join lateral (
      select coalesce(sum(f.actual_requests), 0)::bigint as requests from etl.fetch f
      where f.data_source_id = h.data_source_id and f.kind in ('span','census') and f.created_at >= h.applied_at
        and f.reason <> 'change' and f.range_start < h.until_at and f.range_start >= date_trunc('day', h.from_at, 'UTC')) f
    where ${dataSourceId === undefined ? sql`true` : sql`h.data_source_id = ${dataSourceId}`}
    order by h.history_id desc`.execute(db)
  return rows
}

/** What a record of this source has taken so far; null where nothing was loaded yet. */
export interface UnitCost {
  /** Compressed bytes a record and its activities take in the object store. */
  readonly bytesPerRecord: number
  /** Requests for activities that did not fit beside their record, per record. */
  readonly extraRequestsPerRecord: number
}

/** From the pages that lie in the store. */
export async function readUnitCosts(db: Database, dataSourceId: number): Promise<ReadonlyMap<Stream, UnitCost>> {
  const { rows } = await sql<{ stream: Stream; records: number; bytes: number; extra: number }>`
    select f.stream, sum(p.records)::bigint as records, sum(p.bytes)::bigint as bytes,
           sum(greatest(0, p.bodies - p.heads))::bigint as extra
    from etl.fetch f
    cross join lateral (
      select coalesce(sum(record_count) filter (where record_kind in ('csr','asr','clr')), 0) as records, coalesce(sum(byte_size), 0) as bytes,
             count(*) filter (where record_kind in ('csr','asr','clr')) as heads, count(*) filter (where record_kind in ('car','aar')) as bodies
      from etl.raw_page r where r.fetch_id = f.fetch_id) p
    where f.data_source_id = ${dataSourceId} and f.kind = 'span' and f.reason <> 'change' and f.state = 'mapped'
    group by 1`.execute(db)
  return new Map(
    rows
      .filter(({ records }) => records > 0)
      .map(({ stream, records, bytes, extra }) => [
        stream,
        { bytesPerRecord: bytes / records, extraRequestsPerRecord: extra / records },
      ]),
  )
}
