import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import { percentile95 } from './live-windows.ts'

/** Where live fetches were at 95 of 100, seconds of the clock. */
export interface LiveStages {
  /** From planned to taken up: no room under the budget, another tick, no free slot. */
  readonly toTakeUp: number
  /** From taken up to fetched: waiting for tokens, and the vendor. */
  readonly toFetch: number
  readonly toMap: number
}

export async function readLiveStages(db: Database, sinceMs: number): Promise<LiveStages> {
  const { rows } = await sql<Record<keyof LiveStages, number | null>>`
    select extract(epoch from started_at - created_at)::float8 as "toTakeUp",
      extract(epoch from coalesce(fetched_at, finished_at) - started_at)::float8 as "toFetch",
      extract(epoch from finished_at - fetched_at)::float8 as "toMap"
    from etl.fetch where lane = 'live' and kind in ('span','census') and created_at >= ${new Date(sinceMs)} and finished_at is not null`.execute(
    db,
  )
  const of = (stage: keyof LiveStages) =>
    Math.round(percentile95(rows.flatMap((row) => (row[stage] === null ? [] : [row[stage]]))))
  return { toTakeUp: of('toTakeUp'), toFetch: of('toFetch'), toMap: of('toMap') }
}
