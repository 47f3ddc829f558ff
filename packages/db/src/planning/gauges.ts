import type { FetchState, Lane, Stream } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { Database } from '../connect.ts'

/** Windows not yet verified, by stream, and the end of the oldest of them that is neither proved nor final (epoch ms). */
export async function countUnprovedWindows(
  db: Database,
): Promise<{ readonly stream: Stream; readonly windows: number; readonly oldestEndMs: number }[]> {
  const { rows } = await sql<{ stream: Stream; windows: number; oldestEndMs: number }>`
    select stream, count(*) as windows, (extract(epoch from min(window_start)) * 1000)::bigint + 900000 as "oldestEndMs"
    from etl.load_window w join etl.data_source s using (data_source_id)
    where w.state not in ('verified','sealed','expired') and s.state <> 'removed' group by 1 order by 1`.execute(db)
  return rows
}

export async function countFetches(
  db: Database,
): Promise<{ readonly lane: Lane; readonly state: FetchState; readonly fetches: number }[]> {
  const { rows } = await sql<{ lane: Lane; state: FetchState; fetches: number }>`
    select lane, state, count(*) as fetches from etl.fetch where state in ('pending','queued','running','fetched')
    group by 1, 2 order by 1, 2`.execute(db)
  return rows
}

export async function countDeadLetters(db: Database): Promise<{ readonly code: string; readonly letters: number }[]> {
  const { rows } = await sql<{ code: string; letters: number }>`
    select code, count(*) as letters from etl.dead_letter where resolved_at is null group by 1 order by 1`.execute(db)
  return rows
}
