import type { FetchKind, Lane } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A row that says a job of it is in Redis. */
export interface Delivery {
  readonly fetchId: number
  readonly kind: FetchKind
  readonly lane: Lane
  readonly generation: number
  /** Of the decision that queued it. */
  readonly traceparent: string | null
}

/** Queued rows old enough that their job must have arrived in Redis; oldest first. */
export async function listQueuedFetches(db: Database, queuedBeforeMs: number, limit: number): Promise<Delivery[]> {
  const { rows } = await sql<Delivery>`
    select fetch_id as "fetchId", kind, lane, generation, traceparent from etl.fetch
    where state = 'queued' and (queued_at is null or queued_at <= ${new Date(queuedBeforeMs)})
    order by queued_at nulls first limit ${limit}`.execute(db)
  return rows
}

/**
 * Fetched rows that are due and that no mapper holds. `wasReturned`: the last mapper gave the row back, so no job of it exists and
 * Redis need not be asked.
 */
export async function listUnmappedFetches(
  db: Database,
  asked: { readonly nowMs: number; readonly queuedBeforeMs: number; readonly limit: number },
): Promise<(Delivery & { readonly wasReturned: boolean })[]> {
  const now = new Date(asked.nowMs)
  const { rows } = await sql<Delivery & { wasReturned: boolean }>`
    select fetch_id as "fetchId", kind, lane, map_generation as generation, traceparent, queued_at is null as "wasReturned" from etl.fetch
    where state = 'fetched' and (lease_until is null or lease_until < ${now}) and (not_before is null or not_before <= ${now})
      and (queued_at is null or queued_at <= ${new Date(asked.queuedBeforeMs)})
    order by fetch_id limit ${asked.limit}`.execute(db)
  return rows
}

/** Raises `map_generation` of rows that still stand as they were seen, and returns those: a map-span job of each is due after commit. */
export async function raiseMapGeneration(
  tx: PlannerTransaction,
  seen: readonly { readonly fetchId: number; readonly generation: number }[],
  nowMs: number,
): Promise<Delivery[]> {
  if (seen.length === 0) return []
  const { rows } = await sql<Delivery>`
    update etl.fetch f set map_generation = f.map_generation + 1, queued_at = ${new Date(nowMs)}
    from json_to_recordset(${JSON.stringify(seen)}::json) as l("fetchId" bigint, generation integer)
    where f.fetch_id = l."fetchId" and f.map_generation = l.generation and f.state = 'fetched'
      and (f.lease_until is null or f.lease_until < ${new Date(nowMs)})
    returning f.fetch_id as "fetchId", f.kind, f.lane, f.map_generation as generation, f.traceparent`.execute(tx)
  return rows
}

/** A stored capture without its turns. */
export interface UnmappedCapture {
  readonly captureId: number
  readonly generation: number
  /** Epoch ms; null when no job was ever made. */
  readonly queuedAtMs: number | null
}

/**
 * Stored captures that were not mapped although their job is old. One that failed waits twice as long each time (from `retryMs` on), and
 * after `maxAttempts` for a person.
 */
export async function listUnmappedCaptures(
  db: Database,
  asked: {
    readonly nowMs: number
    readonly queuedBeforeMs: number
    readonly retryMs: number
    readonly maxAttempts: number
    readonly limit: number
  },
): Promise<UnmappedCapture[]> {
  const { rows } = await sql<UnmappedCapture>`
    select capture_id as "captureId", map_generation as generation, (extract(epoch from map_queued_at) * 1000)::bigint as "queuedAtMs"
    from etl.capture
    where state = 'stored' and mapped_at is null and map_attempts < ${asked.maxAttempts}
      and coalesce(map_queued_at, stored_at) <= ${new Date(asked.queuedBeforeMs)}
      and (map_attempts = 0 or map_queued_at is null
           or map_queued_at + (${asked.retryMs}::float8 * power(2, map_attempts - 1)) * interval '1 millisecond' <= ${new Date(asked.nowMs)})
    order by capture_id limit ${asked.limit}`.execute(db)
  return rows
}

/** Raises `map_generation` of captures that still stand as they were seen, and returns those: a map-transcript job of each is due. */
export async function raiseCaptureGeneration(
  tx: PlannerTransaction,
  seen: readonly UnmappedCapture[],
  nowMs: number,
): Promise<{ readonly captureId: number; readonly generation: number }[]> {
  if (seen.length === 0) return []
  const { rows } = await sql<{ captureId: number; generation: number }>`
    update etl.capture c set map_generation = c.map_generation + 1, map_queued_at = ${new Date(nowMs)}
    from json_to_recordset(${JSON.stringify(seen)}::json) as l("captureId" bigint, generation integer)
    where c.capture_id = l."captureId" and c.map_generation = l.generation and c.state = 'stored' and c.mapped_at is null
    returning c.capture_id as "captureId", c.map_generation as generation`.execute(tx)
  return rows
}
