import type { FetchKind, FetchReason, FetchState, Stream } from '@wxcc/contracts/ledger'
import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import { FETCH_MOVES, statesBefore } from './moves.ts'
import type { DB } from './schema.ts'

/** What waits for a person, and what it is about. */
export interface DeadLetter {
  readonly deadLetterId: number
  /** Null when the job's payload could not be read. */
  readonly dataSourceKey: string | null
  readonly queue: string
  readonly jobId: string
  /** Ids only. */
  readonly payload: Readonly<Record<string, number | string>> | null
  readonly code: string
  readonly attempts: number
  readonly traceId: string | null
  readonly firstAt: Date
  readonly lastAt: Date
  readonly resolvedAt: Date | null
  /** The fetch it names. */
  readonly fetch: {
    readonly fetchId: number
    readonly kind: FetchKind
    readonly stream: Stream | null
    /** ISO instants; null for kinds without a range. */
    readonly rangeStart: string | null
    readonly rangeEnd: string | null
    readonly reason: FetchReason
    readonly state: FetchState
    readonly actualRequests: number
  } | null
}

/** Letters by what is asked, the newest first; only unsettled ones unless ids are given. */
export async function listDeadLetters(
  db: Database,
  asked: {
    readonly ids?: readonly number[]
    readonly queue?: string
    readonly code?: string
    readonly dataSourceId?: number
    /** @default 100,000 */
    readonly limit?: number
  },
): Promise<DeadLetter[]> {
  const { ids, queue, code, dataSourceId, limit = 100_000 } = asked
  const { rows } = await sql<DeadLetter>`
    select l.dead_letter_id as "deadLetterId", s.data_source_key as "dataSourceKey", l.queue, l.job_id as "jobId", l.payload, l.code, l.attempts,
      l.trace_id as "traceId", l.first_at as "firstAt", l.last_at as "lastAt", l.resolved_at as "resolvedAt",
      case when f.fetch_id is not null then json_build_object('fetchId', f.fetch_id, 'kind', f.kind, 'stream', f.stream,
        'rangeStart', f.range_start, 'rangeEnd', f.range_end, 'reason', f.reason, 'state', f.state, 'actualRequests', f.actual_requests) end as fetch
    from etl.dead_letter l
    left join etl.data_source s using (data_source_id)
    left join etl.fetch f on f.fetch_id = (l.payload ->> 'fetchId')::bigint
    where ${ids === undefined ? sql`l.resolved_at is null` : sql`l.dead_letter_id = any(${[...ids]}::bigint[])`}
      and ${queue === undefined ? sql`true` : sql`l.queue = ${queue}`}
      and ${code === undefined ? sql`true` : sql`l.code = ${code}`}
      and ${dataSourceId === undefined ? sql`true` : sql`l.data_source_id = ${dataSourceId}`}
    order by l.last_at desc, l.dead_letter_id desc limit ${limit}`.execute(db)
  return rows
}

/**
 * What a replay did. `fetched`: the vendor is asked again, from the page on that failed. `mapped`: what is stored is mapped again, at no request.
 * `stale`: nothing is left to repeat, since the row went another way meanwhile. `impossible`: the letter names no row.
 */
export type Replay = 'fetched' | 'mapped' | 'stale' | 'impossible'

/**
 * Lets what died run again, with all its attempts; the planner enqueues it at its next look. The letter of a job is settled by that, and a new one is
 * written if it fails again. The letter of a single record stays open until the record is mapped.
 */
export async function replayLetter(
  db: Database,
  letter: Pick<DeadLetter, 'deadLetterId' | 'queue' | 'payload'>,
  nowMs: number,
): Promise<Replay> {
  return db.transaction().execute(async (tx) => {
    const { payload, queue } = letter
    const isOfRecord = payload?.['recordId'] !== undefined
    const replay = await replayRow(tx, queue, payload ?? {})
    if (replay !== 'impossible' && !isOfRecord) await settle(tx, letter.deadLetterId, nowMs)
    return replay
  })
}

async function replayRow(tx: Transaction<DB>, queue: string, payload: NonNullable<DeadLetter['payload']>) {
  const { fetchId, captureId } = payload
  if (queue === mapTranscript.name && typeof captureId === 'number')
    return (await mapCaptureAgain(tx, captureId)) ? 'mapped' : 'stale'
  if (typeof fetchId !== 'number') return 'impossible'
  if (queue === mapSpan.name) return (await mapAgain(tx, fetchId)) ? 'mapped' : 'stale'
  return (await fetchAgain(tx, fetchId)) ? 'fetched' : 'stale'
}

/** failed → pending; its cursor stays, so that pages already kept are not asked for again. */
async function fetchAgain(tx: Transaction<DB>, fetchId: number): Promise<boolean> {
  const result = await tx
    .updateTable('etl.fetch')
    .set({ ...ANEW, state: 'pending', attempts: 0 })
    .where('fetch_id', '=', fetchId)
    .where('state', '=', 'failed')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** failed, mapped → fetched, for a span whose pages are all kept. */
async function mapAgain(tx: Transaction<DB>, fetchId: number): Promise<boolean> {
  const result = await tx
    .updateTable('etl.fetch')
    .set({ ...ANEW, state: 'fetched', map_attempts: 0 })
    .where('fetch_id', '=', fetchId)
    .where(
      'state',
      'in',
      statesBefore(FETCH_MOVES, 'fetched').filter((state) => state !== 'running'),
    )
    .where('fetched_at', 'is not', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

async function mapCaptureAgain(tx: Transaction<DB>, captureId: number): Promise<boolean> {
  const result = await tx
    .updateTable('etl.capture')
    .set({ map_attempts: 0, map_queued_at: null, map_code: null })
    .where('capture_id', '=', captureId)
    .where('state', '=', 'stored')
    .where('mapped_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

async function settle(tx: Transaction<DB>, deadLetterId: number, nowMs: number): Promise<void> {
  await tx
    .updateTable('etl.dead_letter')
    .set({ resolved_at: new Date(nowMs) })
    .where('dead_letter_id', '=', deadLetterId)
    .where('resolved_at', 'is', null)
    .execute()
}

/** As a row that nobody has tried yet; its generation is raised when it is enqueued. */
const ANEW = { lease_until: null, not_before: null, queued_at: null, first_failed_at: null, finished_at: null } as const
