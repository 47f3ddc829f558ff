import type { Clock } from '@wxcc/contracts/clock'
import { sql } from 'kysely'
import type { Database } from './connect.ts'

/** The production clock: `clock_timestamp()` of the ledger's own server, so that every process agrees. */
export function postgresClock(db: Database): Clock {
  return async () => {
    const { rows } = await sql<{
      now_ms: number
    }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms`.execute(db)
    return rows[0]!.now_ms
  }
}
