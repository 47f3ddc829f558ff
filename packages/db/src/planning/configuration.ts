import type { PlannerTransaction } from './planner-transaction.ts'

/** The newest configuration fetch of a source; undefined before the first. */
export async function findLastConfigurationFetch(
  tx: PlannerTransaction,
  dataSourceId: number,
): Promise<{ readonly createdAtMs: number; readonly doneAtMs: number | null } | undefined> {
  const row = await tx
    .selectFrom('etl.fetch')
    .select(['created_at', 'state', 'finished_at'])
    .where('data_source_id', '=', dataSourceId)
    .where('kind', '=', 'configuration')
    .orderBy('fetch_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (
    row && {
      createdAtMs: row.created_at.getTime(),
      doneAtMs: row.state === 'done' ? (row.finished_at?.getTime() ?? null) : null,
    }
  )
}
