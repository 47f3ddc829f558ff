import type { FetchKind, Lane } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A row whose worker died once too often; it needs a dead letter. */
export interface StalledFetch {
  readonly fetchId: number
  readonly dataSourceId: number
  readonly kind: FetchKind
  readonly lane: Lane
  /** Of the job that died: `generation`, or `map_generation` when it died mapping. */
  readonly generation: number
  readonly isMapping: boolean
  readonly attempts: number
  readonly traceparent: string | null
}

/**
 * running → pending where the lease ran out: its worker was killed or hangs. A kill is an attempt, since a span that kills its worker must
 * end somewhere; after `maxAttempts` the row is failed and returned. The fence of the next claim shuts out a zombie's late writes.
 */
export async function takeBackRunning(
  tx: PlannerTransaction,
  asked: { readonly nowMs: number; readonly maxAttempts: number },
): Promise<{ readonly returned: number; readonly stalled: readonly StalledFetch[] }> {
  const now = new Date(asked.nowMs)
  const { rows } = await sql<StalledFetch & { state: string }>`
    update etl.fetch
    set state = case when attempts + 1 >= ${asked.maxAttempts}::int then 'failed' else 'pending' end,
        finished_at = case when attempts + 1 >= ${asked.maxAttempts}::int then ${now}::timestamptz end,
        attempts = attempts + 1, lease_until = null, queued_at = null, last_code = 'stalled', first_failed_at = coalesce(first_failed_at, ${now})
    where state = 'running' and lease_until < ${now}
    returning state, fetch_id as "fetchId", data_source_id as "dataSourceId", kind, lane, generation, false as "isMapping", attempts, traceparent`.execute(
    tx,
  )
  return {
    returned: rows.filter((row) => row.state === 'pending').length,
    stalled: rows.filter((row) => row.state === 'failed'),
  }
}

/** The same for fetched rows whose mapper died: they lose the lease and stay `fetched`, or fail. */
export async function takeBackMapping(
  tx: PlannerTransaction,
  asked: { readonly nowMs: number; readonly maxAttempts: number },
): Promise<{ readonly returned: number; readonly stalled: readonly StalledFetch[] }> {
  const now = new Date(asked.nowMs)
  const { rows } = await sql<StalledFetch & { state: string }>`
    update etl.fetch
    set state = case when map_attempts + 1 >= ${asked.maxAttempts}::int then 'failed' else 'fetched' end,
        finished_at = case when map_attempts + 1 >= ${asked.maxAttempts}::int then ${now}::timestamptz end,
        map_attempts = map_attempts + 1, lease_until = null, queued_at = null, last_code = 'stalled',
        first_failed_at = coalesce(first_failed_at, ${now})
    where state = 'fetched' and lease_until < ${now}
    returning state, fetch_id as "fetchId", data_source_id as "dataSourceId", kind, lane, map_generation as generation, true as "isMapping",
      map_attempts as attempts, traceparent`.execute(tx)
  return {
    returned: rows.filter((row) => row.state === 'fetched').length,
    stalled: rows.filter((row) => row.state === 'failed'),
  }
}

/** queued → pending for rows whose job is lost, if they still stand as they were seen. */
export async function takeBackQueued(
  tx: PlannerTransaction,
  lost: readonly { readonly fetchId: number; readonly generation: number }[],
): Promise<number> {
  if (lost.length === 0) return 0
  const result = await sql`
    update etl.fetch f set state = 'pending', queued_at = null
    from json_to_recordset(${JSON.stringify(lost)}::json) as l("fetchId" bigint, generation integer)
    where f.fetch_id = l."fetchId" and f.generation = l.generation and f.state = 'queued'`.execute(tx)
  return Number(result.numAffectedRows ?? 0n)
}
