import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** A fetch of the pipeline, as far as another loader would make the same. */
export interface Stretch {
  readonly stream: 'task' | 'agent_session'
  readonly fromMs: number
  readonly toMs: number
}

/** What the pipeline fetched, in its order. */
export async function listStretches(db: Database): Promise<Stretch[]> {
  const { rows } = await sql<Stretch>`
    select stream, (extract(epoch from range_start) * 1000)::bigint as "fromMs", (extract(epoch from range_end) * 1000)::bigint as "toMs"
    from etl.fetch where kind = 'span' and reason <> 'change' and state = 'mapped' order by started_at`.execute(db)
  return rows
}
