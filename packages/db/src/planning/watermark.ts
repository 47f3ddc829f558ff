import type { Stream } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** How far a pass of a source is complete; of a watch, when it was last begun. */
export type Pass =
  | 'task_change'
  | 'agent_session_change'
  | 'configuration'
  | 'agent_time'
  | 'task_leg_change'
  | `${Stream}_watch`

/** Moves a watermark forward, never back. */
export async function raiseWatermark(
  tx: PlannerTransaction,
  mark: {
    readonly dataSourceId: number
    readonly pass: Pass
    readonly completeUntilMs: number
    readonly nowMs: number
  },
): Promise<void> {
  await tx
    .insertInto('etl.watermark')
    .values({
      data_source_id: mark.dataSourceId,
      pass: mark.pass,
      complete_until: new Date(mark.completeUntilMs),
      updated_at: new Date(mark.nowMs),
    })
    .onConflict((oc) =>
      oc
        .columns(['data_source_id', 'pass'])
        .doUpdateSet((eb) => ({
          complete_until: eb.ref('excluded.complete_until'),
          updated_at: eb.ref('excluded.updated_at'),
        }))
        .where(sql<boolean>`etl.watermark.complete_until < excluded.complete_until`),
    )
    .execute()
}

/** Epoch ms; undefined before the first finished pass. */
export async function findWatermark(
  tx: PlannerTransaction,
  dataSourceId: number,
  pass: Pass,
): Promise<number | undefined> {
  const row = await tx
    .selectFrom('etl.watermark')
    .select('complete_until')
    .where('data_source_id', '=', dataSourceId)
    .where('pass', '=', pass)
    .executeTakeFirst()
  return row?.complete_until.getTime()
}
