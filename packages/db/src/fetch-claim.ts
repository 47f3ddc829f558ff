import { FencedOff, type FailureCode } from '@wxcc/contracts/failures'
import type { FetchKind, FetchReason, Lane, Stream } from '@wxcc/contracts/ledger'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB, EtlFetch } from './schema.ts'

/** What a worker holds while it works on one row of `etl.fetch`. Every later write names `fence`; an overtaken one matches no row. */
export interface Claim {
  readonly fetchId: number
  readonly dataSourceId: number
  readonly kind: FetchKind
  readonly stream: Stream | null
  /** Epoch ms, half-open; null for kinds without a range. */
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly taskIds: readonly string[]
  readonly reason: FetchReason
  readonly lane: Lane
  readonly generation: number
  readonly mapGeneration: number
  readonly fence: number
  /** Where an interrupted fetch goes on; written by `recordPage`. */
  readonly cursor: unknown
  readonly attempts: number
  readonly mapAttempts: number
  readonly firstFailedAtMs: number | null
  readonly createdAtMs: number
  readonly traceparent: string | null
  /** A claim for mapping (state `fetched`), not for fetching. */
  readonly isMapping: boolean
}

interface ClaimRequest {
  readonly fetchId: number
  readonly generation: number
  readonly nowMs: number
  readonly leaseMs: number
}

/** queued → running, for exactly one caller; undefined when the job is stale (another generation, another state, not yet due). */
export async function claimFetch(db: Database, request: ClaimRequest): Promise<Claim | undefined> {
  const row = await db
    .updateTable('etl.fetch')
    .set((eb) => ({
      state: 'running',
      fence: eb('fence', '+', 1),
      lease_until: new Date(request.nowMs + request.leaseMs),
      started_at: sql<Date>`coalesce(started_at, ${new Date(request.nowMs)})`,
    }))
    .where('fetch_id', '=', request.fetchId)
    .where('generation', '=', request.generation)
    .where('state', '=', 'queued')
    .returningAll()
    .executeTakeFirst()
  return row && toClaim(row, false)
}

/** Takes a fetched span for mapping; undefined when another mapper holds it or the job is of an older map generation. */
export async function claimMapping(db: Database, request: ClaimRequest): Promise<Claim | undefined> {
  const now = new Date(request.nowMs)
  const row = await db
    .updateTable('etl.fetch')
    .set((eb) => ({ fence: eb('fence', '+', 1), lease_until: new Date(request.nowMs + request.leaseMs) }))
    .where('fetch_id', '=', request.fetchId)
    .where('map_generation', '=', request.generation)
    .where('state', '=', 'fetched')
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', now)]))
    .returningAll()
    .executeTakeFirst()
  return row && toClaim(row, true)
}

/** False when the claim was overtaken: stop working. */
export async function renewLease(
  db: Database,
  lease: { readonly fetchId: number; readonly fence: number; readonly nowMs: number; readonly leaseMs: number },
): Promise<boolean> {
  const result = await db
    .updateTable('etl.fetch')
    .set({ lease_until: new Date(lease.nowMs + lease.leaseMs) })
    .where('fetch_id', '=', lease.fetchId)
    .where('fence', '=', lease.fence)
    .where('state', 'in', ['running', 'fetched'])
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/**
 * Gives the row back: running → pending, or a mapping claim stays `fetched` without its lease. `code` null is a polite return (shutdown).
 * An overtaken claim changes nothing.
 */
export async function giveBack(
  db: Database,
  back: {
    readonly claim: Claim
    readonly notBeforeMs: number | null
    readonly code: FailureCode | null
    readonly spendsAttempt: boolean
    readonly nowMs: number
    readonly requests?: number
  },
): Promise<void> {
  const { claim } = back
  const spent = back.spendsAttempt ? 1 : 0
  await db
    .updateTable('etl.fetch')
    .set((eb) => ({
      state: claim.isMapping ? 'fetched' : 'pending',
      lease_until: null,
      queued_at: null,
      not_before: back.notBeforeMs === null ? null : new Date(back.notBeforeMs),
      attempts: eb('attempts', '+', claim.isMapping ? 0 : spent),
      map_attempts: eb('map_attempts', '+', claim.isMapping ? spent : 0),
      last_code: back.code ?? eb.ref('last_code'),
      first_failed_at:
        spent === 1 ? sql<Date>`coalesce(first_failed_at, ${new Date(back.nowMs)})` : eb.ref('first_failed_at'),
      actual_requests: eb('actual_requests', '+', back.requests ?? 0),
    }))
    .where('fetch_id', '=', claim.fetchId)
    .where('fence', '=', claim.fence)
    .where('state', '=', claim.isMapping ? 'fetched' : 'running')
    .execute()
}

/** Ends the row as failed; whoever calls it also writes the dead letter. An overtaken claim changes nothing. */
export async function failFetch(
  db: Database,
  failed: { readonly claim: Claim; readonly code: FailureCode; readonly nowMs: number; readonly requests?: number },
): Promise<void> {
  await db
    .updateTable('etl.fetch')
    .set((eb) => ({
      state: 'failed',
      lease_until: null,
      last_code: failed.code,
      first_failed_at: sql<Date>`coalesce(first_failed_at, ${new Date(failed.nowMs)})`,
      finished_at: new Date(failed.nowMs),
      actual_requests: eb('actual_requests', '+', failed.requests ?? 0),
    }))
    .where('fetch_id', '=', failed.claim.fetchId)
    .where('fence', '=', failed.claim.fence)
    .where('state', '=', failed.claim.isMapping ? 'fetched' : 'running')
    .execute()
}

/** First statement of every fenced transaction: locks the row and throws `FencedOff` if another claim overtook this one. */
export async function holdFence(tx: Transaction<DB>, claim: Claim, mode: 'update' | 'share' = 'update'): Promise<void> {
  const row = await fenceOf(tx, claim)
    .$if(mode === 'update', (query) => query.forUpdate())
    .$if(mode === 'share', (query) => query.forShare())
    .executeTakeFirst()
  if (row === undefined) throw new FencedOff()
}

/** The fetch's row while this claim holds it. */
export function fenceOf(db: Pick<Database, 'selectFrom'>, claim: Claim) {
  return db
    .selectFrom('etl.fetch')
    .select('fetch_id')
    .where('fetch_id', '=', claim.fetchId)
    .where('fence', '=', claim.fence)
    .where('state', '=', claim.isMapping ? 'fetched' : 'running')
}

/** running → `fetched` (records wait for the mapper, map generation 1 is due) or `done` (nothing to map). Throws `FencedOff`. */
export async function finishFetch(
  tx: Transaction<DB>,
  finished: {
    readonly claim: Claim
    readonly to: 'fetched' | 'done'
    readonly nowMs: number
    readonly requests: number
  },
): Promise<void> {
  await holdFence(tx, finished.claim)
  const now = new Date(finished.nowMs)
  await tx
    .updateTable('etl.fetch')
    .set((eb) => ({
      state: finished.to,
      lease_until: null,
      not_before: null,
      fetched_at: now,
      finished_at: finished.to === 'done' ? now : null,
      map_generation: finished.to === 'fetched' ? eb('map_generation', '+', 1) : eb.ref('map_generation'),
      queued_at: finished.to === 'fetched' ? now : null,
      actual_requests: eb('actual_requests', '+', finished.requests),
    }))
    .where('fetch_id', '=', finished.claim.fetchId)
    .execute()
}

/** fetched → mapped, in the transaction of the last batch. Throws `FencedOff`. */
export async function finishMapping(
  tx: Transaction<DB>,
  finished: { readonly claim: Claim; readonly nowMs: number },
): Promise<void> {
  await holdFence(tx, finished.claim)
  await tx
    .updateTable('etl.fetch')
    .set({ state: 'mapped', lease_until: null, not_before: null, finished_at: new Date(finished.nowMs) })
    .where('fetch_id', '=', finished.claim.fetchId)
    .execute()
}

/** Too much for one answer: two pending halves take this row's place. A range of one second cannot be cut and throws `RangeError`. */
export async function splitFetch(
  tx: Transaction<DB>,
  split: { readonly claim: Claim; readonly nowMs: number; readonly requests: number },
): Promise<void> {
  const { claim, nowMs } = split
  if (claim.fromMs === null || claim.toMs === null || claim.toMs - claim.fromMs < 2_000)
    throw new RangeError('span cannot be cut')
  await finishFetch(tx, { claim, to: 'done', nowMs, requests: split.requests })
  await tx
    .updateTable('etl.fetch')
    .set({ last_code: 'vendor_too_large' })
    .where('fetch_id', '=', claim.fetchId)
    .execute()
  const middle = claim.fromMs + Math.floor((claim.toMs - claim.fromMs) / 2_000) * 1_000
  for (const [fromMs, toMs] of [
    [claim.fromMs, middle],
    [middle, claim.toMs],
  ] as const) {
    await newFetch(tx, {
      dataSourceId: claim.dataSourceId,
      kind: claim.kind,
      stream: claim.stream,
      range: { fromMs, toMs },
      reason: claim.reason,
      lane: claim.lane,
      estimatedRequests: 3,
      traceparent: claim.traceparent,
      nowMs,
    })
  }
}

export interface NewFetch {
  readonly dataSourceId: number
  readonly kind: FetchKind
  readonly stream?: Stream | null
  readonly range?: { readonly fromMs: number; readonly toMs: number }
  readonly taskIds?: readonly string[]
  readonly reason: FetchReason
  readonly lane: Lane
  readonly estimatedRequests: number
  readonly traceparent?: string | null
  readonly nowMs: number
}

/** Writes a pending row; the planner admits it later. */
export async function newFetch(db: Database | Transaction<DB>, fetch: NewFetch): Promise<number> {
  const [fetchId] = await newFetches(db, [fetch])
  return fetchId!
}

/** Rows of one statement: far below what its parameters allow. */
const ROWS_PER_STATEMENT = 500

/** Many at once; their ids ascend in the order given, which is the order in which they are admitted. */
export async function newFetches(db: Database | Transaction<DB>, fetches: readonly NewFetch[]): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < fetches.length; at += ROWS_PER_STATEMENT) {
    const rows = await db
      .insertInto('etl.fetch')
      .values(fetches.slice(at, at + ROWS_PER_STATEMENT).map(toRow))
      .returning('fetch_id')
      .execute()
    ids.push(...rows.map((row) => row.fetch_id).sort((a, b) => a - b))
  }
  return ids
}

function toRow(fetch: NewFetch) {
  return {
    data_source_id: fetch.dataSourceId,
    kind: fetch.kind,
    stream: fetch.stream ?? null,
    range_start: fetch.range ? new Date(fetch.range.fromMs) : null,
    range_end: fetch.range ? new Date(fetch.range.toMs) : null,
    task_ids: fetch.taskIds ? [...fetch.taskIds] : null,
    reason: fetch.reason,
    lane: fetch.lane,
    estimated_requests: fetch.estimatedRequests,
    traceparent: fetch.traceparent ?? null,
    created_at: new Date(fetch.nowMs),
  }
}

/** The check constraints of `etl.fetch` guarantee the words. */
function toClaim(row: Selectable<EtlFetch>, isMapping: boolean): Claim {
  return {
    fetchId: row.fetch_id,
    dataSourceId: row.data_source_id,
    kind: row.kind as FetchKind,
    stream: row.stream as Stream | null,
    fromMs: row.range_start?.getTime() ?? null,
    toMs: row.range_end?.getTime() ?? null,
    taskIds: row.task_ids ?? [],
    reason: row.reason as FetchReason,
    lane: row.lane as Lane,
    generation: row.generation,
    mapGeneration: row.map_generation,
    fence: row.fence,
    cursor: row.cursor,
    attempts: row.attempts,
    mapAttempts: row.map_attempts,
    firstFailedAtMs: row.first_failed_at?.getTime() ?? null,
    createdAtMs: row.created_at.getTime(),
    traceparent: row.traceparent,
    isMapping,
  }
}
