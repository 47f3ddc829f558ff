import { writeFile } from 'node:fs/promises'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** The one form of every measuring command: stable names, units in the names. */
export interface Measured {
  readonly ok: boolean
  readonly seed: number
  /** Null: it could not be told, as when what was waited for never came. */
  readonly figures: Readonly<Record<string, number | null>>
}

export async function writeMeasured(file: string, measured: Measured): Promise<void> {
  await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`)
}

/** What the database holds after a run of what began before `until`, by the names of the figures. The live edge may have gone on. */
export async function countLoaded(db: Database, until: Date): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select
      (select count(*) from etl.load_window where window_start < ${until}) as "windowsTotal",
      (select count(*) from etl.load_window where window_start < ${until} and state in ('verified','sealed')) as "windowsVerified",
      (select count(*) from journey.conversation where conversation_start_time < ${until} and not is_deleted) as "conversations",
      (select count(*) from journey.engagement where conversation_start_time < ${until} and not is_deleted) as "engagements",
      (select count(*) from journey.engagement where conversation_start_time < ${until} and not is_deleted and engagement_type = 'Agent') as "engagementsAgent",
      (select count(*) from journey.engagement where conversation_start_time < ${until} and not is_deleted and engagement_type = 'Queue') as "engagementsQueue",
      (select count(*) from journey.engagement where conversation_start_time < ${until} and not is_deleted and engagement_type = 'Menu') as "engagementsMenu",
      (select count(*) from journey.engagement where conversation_start_time < ${until} and not is_deleted and engagement_type = 'Invitation') as "engagementsInvitation",
      (select count(*) from journey.turn where conversation_start_time < ${until} and not is_deleted) as "turns",
      (select count(*) from etl.capture where conversation_start_time < ${until} and kind = 'recording' and expected_by <> 'sample') as "recordingsExpected",
      (select count(*) from etl.capture where conversation_start_time < ${until} and kind = 'recording' and state = 'stored') as "recordingsStored",
      (select coalesce(sum(requests), 0)::int8 from etl.api_call) as "requests"`.execute(db)
  return rows[0]!
}
