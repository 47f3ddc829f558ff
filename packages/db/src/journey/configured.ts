import type { Transaction } from 'kysely'
import type { DB } from '../schema.ts'

/** Service level thresholds by the vendor's queue id, in milliseconds, of the queues that have one. */
export async function readQueueThresholds(
  tx: Transaction<DB>,
  dataSourceId: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .selectFrom('journey.queue')
    .select(['source_queue_id', 'service_level_ms'])
    .where('data_source_id', '=', dataSourceId)
    .where('service_level_ms', '>', 0)
    .execute()
  return new Map(rows.map((row) => [row.source_queue_id, row.service_level_ms!]))
}

/** How the source's agents may call or write, as the configuration had it at any time. Personal data: not to be logged or stored elsewhere. */
export async function readAgentAddresses(
  tx: Transaction<DB>,
  dataSourceId: number,
): Promise<{ readonly kind: string; readonly address: string }[]> {
  return tx
    .selectFrom('pii.agent_address')
    .select(['address_kind as kind', 'address'])
    .where('data_source_id', '=', dataSourceId)
    .orderBy('address')
    .execute()
}
