import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import type { CaptureKind, CaptureState, FetchState, Lane } from '@wxcc/contracts/ledger'
import { WINDOW_MS } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** How many fetches of a lane are in one of the unfinished states, and how many failed for good. */
export interface BacklogRow {
  readonly lane: Lane
  readonly state: FetchState
  readonly fetches: number
}

export async function readBacklog(db: Database, dataSourceId: number): Promise<BacklogRow[]> {
  const rows = await db
    .selectFrom('etl.fetch')
    .select(['lane', 'state', sql<number>`count(*)`.as('fetches')])
    .where('data_source_id', '=', dataSourceId)
    .where('state', 'in', ['pending', 'queued', 'running', 'fetched', 'failed'])
    .groupBy(['lane', 'state'])
    .execute()
  return rows.map((row) => ({ lane: row.lane as Lane, state: row.state as FetchState, fetches: row.fetches }))
}

/** Quarter hours that are closed, settled and still not proved: how many, and the start of the oldest. */
export interface Due {
  readonly windows: number
  readonly oldestMs: number | null
}

export async function readDue(
  db: Database,
  source: { readonly dataSourceId: number; readonly settleMs: number },
  nowMs: number,
): Promise<Due> {
  const row = await db
    .selectFrom('etl.load_window')
    .select([sql<number>`count(*)`.as('windows'), sql<Date | null>`min(window_start)`.as('oldest')])
    .where('data_source_id', '=', source.dataSourceId)
    .where('state', 'not in', ['verified', 'sealed', 'expired'])
    .where('window_start', '<=', new Date(nowMs - source.settleMs - WINDOW_MS))
    .executeTakeFirstOrThrow()
  return { windows: row.windows, oldestMs: row.oldest?.getTime() ?? null }
}

export interface CaptureRow {
  readonly kind: CaptureKind
  readonly state: CaptureState
  readonly captures: number
  readonly bytes: number
}

export async function readCaptures(db: Database, dataSourceId: number): Promise<CaptureRow[]> {
  const rows = await db
    .selectFrom('etl.capture')
    .select([
      'kind',
      'state',
      sql<number>`count(*)`.as('captures'),
      sql<number>`coalesce(sum(byte_size), 0)::bigint`.as('bytes'),
    ])
    .where('data_source_id', '=', dataSourceId)
    .groupBy(['kind', 'state'])
    .execute()
  return rows.map((row) => ({ ...row, kind: row.kind as CaptureKind, state: row.state as CaptureState }))
}

export interface DeadLetter {
  readonly deadLetterId: number
  /** Null for a job whose source is not known (its payload did not parse). */
  readonly dataSourceId: number | null
  readonly queue: string
  readonly jobId: string
  readonly code: string
  /** What the code means, for whoever is on call. */
  readonly sentence: string
  readonly attempts: number
  readonly traceId: string | null
  readonly lastAtMs: number
}

/** The unresolved dead letters, the latest first, at most `limit`, and how many there are in all. */
export async function readDeadLetters(
  db: Database,
  limit: number,
): Promise<{ readonly total: number; readonly latest: readonly DeadLetter[] }> {
  const unresolved = db.selectFrom('etl.dead_letter').where('resolved_at', 'is', null)
  const { total } = await unresolved.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  const rows = await unresolved
    .select(['dead_letter_id', 'data_source_id', 'queue', 'job_id', 'code', 'attempts', 'trace_id', 'last_at'])
    .orderBy('last_at', 'desc')
    .orderBy('dead_letter_id', 'desc')
    .limit(limit)
    .execute()
  const latest = rows.map((row) => ({
    deadLetterId: row.dead_letter_id,
    dataSourceId: row.data_source_id,
    queue: row.queue,
    jobId: row.job_id,
    code: row.code,
    sentence: sentenceOf(row.code),
    attempts: row.attempts,
    traceId: row.trace_id,
    lastAtMs: row.last_at.getTime(),
  }))
  return { total, latest }
}

/** A code written by another version of ours may be unknown to this one. */
export function sentenceOf(code: string): string {
  return code in FAILURES ? FAILURES[code as FailureCode] : 'A code this version of the dashboard does not know.'
}

export interface RequestsSpent {
  readonly lane: Lane
  readonly thisHour: number
  readonly lastHour: number
  readonly throttledThisHour: number
  readonly failedThisHour: number
}

const HOUR_MS = 3_600_000

/** Requests of this hour and the one before, by lane (`etl.api_call`). */
export async function readRequests(db: Database, dataSourceId: number, nowMs: number): Promise<RequestsSpent[]> {
  const thisHour = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS)
  const lastHour = new Date(thisHour.getTime() - HOUR_MS)
  const rows = await db
    .selectFrom('etl.api_call')
    .select([
      'lane',
      sql<number>`coalesce(sum(requests) filter (where hour = ${thisHour}), 0)::bigint`.as('this_hour'),
      sql<number>`coalesce(sum(requests) filter (where hour = ${lastHour}), 0)::bigint`.as('last_hour'),
      sql<number>`coalesce(sum(throttled) filter (where hour = ${thisHour}), 0)::bigint`.as('throttled'),
      sql<number>`coalesce(sum(failed) filter (where hour = ${thisHour}), 0)::bigint`.as('failed'),
    ])
    .where('data_source_id', '=', dataSourceId)
    .where('hour', '>=', lastHour)
    .where('hour', '<=', thisHour)
    .groupBy('lane')
    .execute()
  return rows.map((row) => ({
    lane: row.lane as Lane,
    thisHour: row.this_hour,
    lastHour: row.last_hour,
    throttledThisHour: row.throttled,
    failedThisHour: row.failed,
  }))
}
