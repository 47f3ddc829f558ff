import type { Lane } from '@wxcc/contracts/ledger'
import type { Database } from './connect.ts'

/** Adds to the totals of requests spent, by source, hour, lane and endpoint. */
export async function countRequests(
  db: Database,
  spent: {
    readonly dataSourceId: number
    readonly lane: Lane
    readonly endpoint: string
    readonly requests: number
    readonly throttled: number
    readonly failed: number
    readonly nowMs: number
  },
): Promise<void> {
  const hour = new Date(Math.floor(spent.nowMs / 3_600_000) * 3_600_000)
  await db
    .insertInto('etl.api_call')
    .values({
      data_source_id: spent.dataSourceId,
      hour,
      lane: spent.lane,
      endpoint: spent.endpoint,
      requests: spent.requests,
      throttled: spent.throttled,
      failed: spent.failed,
    })
    .onConflict((oc) =>
      oc.columns(['data_source_id', 'hour', 'lane', 'endpoint']).doUpdateSet((eb) => ({
        requests: eb('etl.api_call.requests', '+', eb.ref('excluded.requests')),
        throttled: eb('etl.api_call.throttled', '+', eb.ref('excluded.throttled')),
        failed: eb('etl.api_call.failed', '+', eb.ref('excluded.failed')),
      })),
    )
    .execute()
}
