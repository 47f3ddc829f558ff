import { sql } from 'kysely'
import type { Database } from './connect.ts'

/** Nothing is asked for it until `resumeSource`; what is under way ends. */
export async function pauseSource(db: Database, dataSourceId: number): Promise<void> {
  await setState(db, dataSourceId, 'paused')
}

/** Also one that a failure stopped: somebody has looked at it. */
export async function resumeSource(db: Database, dataSourceId: number): Promise<void> {
  await setState(db, dataSourceId, 'active')
}

/**
 * Nothing is asked for it any more, and its secrets are gone unless another source uses them. What is loaded stays, and its key and organisation stay
 * taken, since every id rests on them: connecting the organisation again revives it.
 */
export async function removeSource(db: Database, dataSourceId: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { credential_id: credentialId } = await tx
      .updateTable('etl.data_source')
      .set({ state: 'removed', stop_code: null, updated_at: sql<Date>`now()` })
      .where('data_source_id', '=', dataSourceId)
      .returning('credential_id')
      .executeTakeFirstOrThrow()
    const nothing = Buffer.alloc(0)
    await tx
      .updateTable('etl.credential')
      .set((eb) => ({
        state: 'needs_consent',
        consent_code: null,
        alarmed_days: null,
        client_secret_sealed: nothing,
        refresh_token_sealed: nothing,
        access_token_sealed: null,
        // Whoever refreshes it right now comes too late.
        refresh_fence: eb('refresh_fence', '+', 1),
        saved_fence: eb('refresh_fence', '+', 1),
        updated_at: sql<Date>`now()`,
      }))
      .where('credential_id', '=', credentialId)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('etl.data_source')
              .select('data_source_id')
              .where('credential_id', '=', credentialId)
              .where('state', '<>', 'removed'),
          ),
        ),
      )
      .execute()
  })
}

async function setState(db: Database, dataSourceId: number, state: 'active' | 'paused'): Promise<void> {
  await db
    .updateTable('etl.data_source')
    .set({ state, stop_code: null, updated_at: sql<Date>`now()` })
    .where('data_source_id', '=', dataSourceId)
    .where('state', '<>', 'removed')
    .execute()
}
