import type { Stream } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** The newest change pass of a stream. */
export interface ChangePass {
  readonly state: 'open' | 'mapped' | 'failed'
  /** The boundary it is for, epoch ms. */
  readonly untilMs: number
}

/** A pass cut into more pieces than this is not recognised as one; far beyond what halving can make of a quarter hour's changes. */
const NEWEST = 200

/**
 * A pass the vendor found too large is cut into pieces (`splitFetch`): later rows that end no later. They speak for the pass together, one
 * unfinished leaves it open, one failed fails it. A boundary gets one pass only, so the first row that ends there is the whole.
 * Undefined before the first.
 */
export async function findLastChangePass(
  tx: PlannerTransaction,
  dataSourceId: number,
  stream: Stream,
): Promise<ChangePass | undefined> {
  const { rows } = await sql<{ state: ChangePass['state']; until: Date }>`
    with newest as (
      select fetch_id, state, range_end from etl.fetch
      where data_source_id = ${dataSourceId} and kind = 'span' and reason = 'change' and stream = ${stream}
      order by fetch_id desc limit ${NEWEST}),
    whole as (
      select fetch_id, range_end from newest where range_end = (select max(range_end) from newest) order by fetch_id limit 1)
    select w.range_end as until,
           case when bool_or(n.state in ('pending','queued','running','fetched')) then 'open'
                when bool_or(n.state = 'failed') then 'failed' else 'mapped' end as state
    from whole w join newest n on n.fetch_id >= w.fetch_id
    group by w.range_end`.execute(tx)
  const row = rows[0]
  return row && { state: row.state, untilMs: row.until.getTime() }
}

/** Is a window of `[fromMs, untilMs)` still to be read for the first time? */
export async function hasUnreadWindows(
  tx: PlannerTransaction,
  asked: { readonly dataSourceId: number; readonly stream: Stream; readonly fromMs: number; readonly untilMs: number },
): Promise<boolean> {
  const row = await tx
    .selectFrom('etl.load_window')
    .select('window_start')
    .where('data_source_id', '=', asked.dataSourceId)
    .where('stream', '=', asked.stream)
    .where('state', '=', 'planned')
    .where('loaded_at', 'is', null)
    .where('window_start', '>=', new Date(asked.fromMs))
    .where('window_start', '<', new Date(asked.untilMs))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** When the first span of a stream was planned, epoch ms: nothing held can have changed before. Undefined while nothing was read. */
export async function findFirstSpanPlannedAt(
  tx: PlannerTransaction,
  dataSourceId: number,
  stream: Stream,
): Promise<number | undefined> {
  const row = await tx
    .selectFrom('etl.fetch')
    .select('created_at')
    .where('data_source_id', '=', dataSourceId)
    .where('kind', '=', 'span')
    .where('reason', '<>', 'change')
    .where('stream', '=', stream)
    .orderBy('fetch_id')
    .limit(1)
    .executeTakeFirst()
  return row?.created_at.getTime()
}
