import type { Stream, WindowState } from '@wxcc/contracts/ledger'
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import { newFetch } from './fetch-claim.ts'
import { WINDOW_MOVES, statesBefore } from './moves.ts'
import { keepPlannersOut } from './planning/planner-transaction.ts'
import type { DB } from './schema.ts'

/** The windows of some sources that begin in `[fromMs, toMs)`. Streams that are turned off do not belong to them. */
export interface WindowsAsked {
  readonly dataSourceIds: readonly number[]
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Asks the vendor for a fresh count of every day with such windows, in lane repair; one that waits to be sent already serves as well. A census counts
 * its whole day as far as the ledger holds windows of it: that costs no more than one window. Returns the ids of the fetches.
 */
export async function askForCounts(db: Database, asked: WindowsAsked, nowMs: number): Promise<number[]> {
  return db.transaction().execute(async (tx) => {
    await keepPlannersOut(tx)
    return planCounts(tx, asked, nowMs)
  })
}

/**
 * Every such window that was read once, proved or not, is planned again in lane repair and forgets its count, its finding and what it was proved with,
 * so that the count asked for in the same transaction decides what is read. Failed spans that lie wholly in the range are replaced by it, so their
 * letters are settled. Returns how many windows were planned.
 */
export async function planAgain(
  db: Database,
  asked: WindowsAsked,
  nowMs: number,
): Promise<{ readonly windows: number; readonly counts: readonly number[] }> {
  const now = new Date(nowMs)
  return db.transaction().execute(async (tx) => {
    await keepPlannersOut(tx)
    const counts = await planCounts(tx, asked, nowMs)
    const result = await sql`
      update etl.load_window u
      set state = 'planned', fetch_id = null, attempts = 1, finding = null, next_check_at = null, sealed_at = null, tracking_ids = null,
          expected = null, expected_at = null, census_id = null, updated_at = ${now}
      from ${windowsOf(asked)}
        and u.data_source_id = w.data_source_id and u.stream = w.stream and u.window_start = w.window_start
        and u.state = any(${statesBefore(WINDOW_MOVES, 'planned')}::text[])`.execute(tx)
    await sql`
      update etl.dead_letter l set resolved_at = ${now}
      from etl.fetch f
      where l.resolved_at is null and l.data_source_id = f.data_source_id and (l.payload ->> 'fetchId')::bigint = f.fetch_id
        and f.data_source_id = any(${[...asked.dataSourceIds]}::smallint[]) and f.kind = 'span' and f.reason <> 'change' and f.state = 'failed'
        and f.range_start >= ${new Date(asked.fromMs)} and f.range_end <= ${new Date(asked.toMs)}`.execute(tx)
    return { windows: Number(result.numAffectedRows ?? 0n), counts }
  })
}

async function planCounts(tx: Transaction<DB>, asked: WindowsAsked, nowMs: number): Promise<number[]> {
  const { rows } = await sql<{
    data_source_id: number
    stream: Stream
    from_ms: number
    to_ms: number
    waiting_id: number | null
  }>`
    with days as (
      select w.data_source_id, w.stream, date_trunc('day', w.window_start, 'UTC') as day
      from ${windowsOf(asked)} and w.state <> 'expired' group by 1, 2, 3),
    whole as (
      select d.*, (select max(e.window_start) + interval '15 minutes' from etl.load_window e
                   where e.data_source_id = d.data_source_id and e.stream = d.stream
                     and e.window_start >= d.day and e.window_start < d.day + interval '24 hours') as until
      from days d)
    select d.data_source_id, d.stream, (extract(epoch from d.day) * 1000)::bigint as from_ms, (extract(epoch from d.until) * 1000)::bigint as to_ms,
           (select max(f.fetch_id) from etl.fetch f
            where f.data_source_id = d.data_source_id and f.kind = 'census' and f.stream = d.stream and f.state in ('pending','queued')
              and f.range_start = d.day and f.range_end >= d.until and f.range_end <= d.day + interval '24 hours') as waiting_id
    from whole d order by d.day desc, d.data_source_id, d.stream`.execute(tx)
  const ids: number[] = []
  for (const day of rows) {
    ids.push(
      day.waiting_id ??
        (await newFetch(tx, {
          dataSourceId: day.data_source_id,
          kind: 'census',
          stream: day.stream,
          range: { fromMs: day.from_ms, toMs: day.to_ms },
          reason: 'repair',
          lane: 'repair',
          estimatedRequests: 1,
          nowMs,
        })),
    )
  }
  return ids
}

/** How many of these fetches are still open, and what the failed ones failed with. */
export async function readFetches(
  db: Database,
  fetchIds: readonly number[],
): Promise<{ readonly open: number; readonly failed: readonly { readonly fetchId: number; readonly code: string }[] }> {
  const rows = await db
    .selectFrom('etl.fetch')
    .select(['fetch_id', 'state', 'last_code'])
    .where('fetch_id', '=', sql<number>`any(${[...fetchIds]}::bigint[])`)
    .where('state', '<>', 'done')
    .orderBy('fetch_id')
    .execute()
  const failed = rows.filter(({ state }) => state === 'failed')
  return {
    open: rows.length - failed.length,
    failed: failed.map((row) => ({ fetchId: row.fetch_id, code: row.last_code ?? 'unexpected' })),
  }
}

/**
 * How many of the windows wait for the planner's verdict, once their counts have come. `isRead`: those that are read again count until they are through,
 * otherwise until it is known that they differ. Windows that were never read wait for their turn, and for nobody's verdict.
 */
export async function countUndecided(db: Database, asked: WindowsAsked, isRead: boolean): Promise<number> {
  const waiting = isRead ? sql`w.attempts > 0` : sql`w.finding is null and w.attempts > 0`
  const { rows } = await sql<{ undecided: number }>`
    select count(*) as undecided from ${windowsOf(asked)}
      and (w.state = 'loaded' or (w.state in ('verified','sealed') and w.stored_at is null)
           or (w.state = 'planned' and (${waiting} or (w.expected = 0 and w.fetch_id is null))))`.execute(db)
  return rows[0]!.undecided
}

/** A window as it stands. */
export interface StandingWindow {
  readonly dataSourceKey: string
  readonly stream: Stream
  readonly windowStart: Date
  readonly state: WindowState
  readonly expected: number | null
  readonly stored: number | null
  readonly incomplete: number | null
  readonly finding: string | null
  readonly nextCheckAt: Date | null
  /** The fetch that last read it. */
  readonly fetchId: number | null
  /** Of the answers that the finding rests on. */
  readonly trackingIds: readonly string[]
}

/** The windows in order of time. */
export async function listStanding(db: Database, asked: WindowsAsked): Promise<StandingWindow[]> {
  const { rows } = await sql<StandingWindow>`
    select s.data_source_key as "dataSourceKey", w.stream, w.window_start as "windowStart", w.state, w.expected, w.stored, w.incomplete, w.finding,
           w.next_check_at as "nextCheckAt", w.fetch_id as "fetchId", coalesce(w.tracking_ids, '{}') as "trackingIds"
    from ${windowsOf(asked)} order by w.window_start, s.data_source_key, w.stream`.execute(db)
  return rows
}

/** `etl.load_window w` with its source `s` and the condition; what is joined to it goes on with `and`. */
function windowsOf(asked: WindowsAsked): RawBuilder<unknown> {
  return sql`etl.load_window w join etl.data_source s on s.data_source_id = w.data_source_id
    where w.data_source_id = any(${[...asked.dataSourceIds]}::smallint[]) and (w.stream <> 'task_leg' or s.task_legs = 'on')
      and w.window_start >= ${new Date(asked.fromMs)} and w.window_start < ${new Date(asked.toMs)}`
}
