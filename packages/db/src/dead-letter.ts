import type { FailureCode } from '@wxcc/contracts/failures'
import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB } from './schema.ts'

/** Writes a dead letter, or brings the one of the same queue and job up to date. The payload holds ids only. */
export async function buryJob(
  db: Database | Transaction<DB>,
  letter: {
    readonly dataSourceId: number | null
    readonly queue: string
    readonly jobId: string
    readonly payload: Readonly<Record<string, number | string>> | null
    readonly code: FailureCode
    readonly attempts: number
    readonly traceId: string | null
    readonly nowMs: number
  },
): Promise<void> {
  const now = new Date(letter.nowMs)
  await db
    .insertInto('etl.dead_letter')
    .values({
      data_source_id: letter.dataSourceId,
      queue: letter.queue,
      job_id: letter.jobId,
      payload: letter.payload === null ? null : sql`${JSON.stringify(letter.payload)}::jsonb`,
      code: letter.code,
      attempts: letter.attempts,
      trace_id: letter.traceId,
      first_at: now,
      last_at: now,
    })
    .onConflict((oc) =>
      oc.columns(['queue', 'job_id']).doUpdateSet((eb) => ({
        code: eb.ref('excluded.code'),
        attempts: eb.ref('excluded.attempts'),
        trace_id: eb.ref('excluded.trace_id'),
        last_at: eb.ref('excluded.last_at'),
        resolved_at: null,
      })),
    )
    .execute()
}
