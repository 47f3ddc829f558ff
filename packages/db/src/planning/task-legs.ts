import type { PlannerTransaction } from './planner-transaction.ts'

/** When the vendor was last asked to count a source's task legs, epoch ms; undefined if never. */
export async function findLastLegCensus(tx: PlannerTransaction, dataSourceId: number): Promise<number | undefined> {
  const row = await tx
    .selectFrom('etl.fetch')
    .select('created_at')
    .where('data_source_id', '=', dataSourceId)
    .where('kind', '=', 'census')
    .where('stream', '=', 'task_leg')
    .orderBy('fetch_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.created_at.getTime()
}
