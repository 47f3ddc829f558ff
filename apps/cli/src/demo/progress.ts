import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** Where a load stands: what the demo prints, and what decides that it is over. */
export interface Progress {
  readonly windowsTotal: number
  readonly windowsVerified: number
  /** Unproved for good until a person acts: every round of fetching and counting again is used up. */
  readonly windowsFinal: number
  readonly conversations: number
  readonly engagements: number
  /** Of ended tasks: not stored, and not given up. */
  readonly capturesOpen: number
  /** Asked for, but the vendor has not published them yet: they are asked for again, for a day. A day does not wait for them. */
  readonly capturesAwaited: number
  readonly capturesStored: number
  readonly capturesUnmapped: number
  readonly fetchesOpen: number
  readonly fetchesFailed: number
  readonly deadLetters: number
  readonly passesDone: boolean
  /** A pass failed for good: without a person the agents' time is not completed. */
  readonly passesFailed: boolean
}

/** Progress of everything up to `untilMs`; the passes count as done when they have covered it. */
export async function readProgress(db: Database, untilMs: number): Promise<Progress> {
  const until = new Date(untilMs)
  const { rows } = await sql<Progress>`
    select
      (select count(*) from etl.load_window where window_start < ${until}) as "windowsTotal",
      (select count(*) from etl.load_window where window_start < ${until} and state in ('verified','sealed')) as "windowsVerified",
      (select count(*) from etl.load_window where window_start < ${until} and state in ('short','over','failed') and finding is not null) as "windowsFinal",
      (select count(*) from journey.conversation) as "conversations",
      (select count(*) from journey.engagement where not is_deleted) as "engagements",
      (select count(*) from etl.capture c where c.state in ('expected','downloading') and c.conversation_start_time < ${until}
        and c.reason is distinct from 'capture_listing_empty' and c.expected_by <> 'sample'
        and not exists (select from journey.conversation o where o.data_source_id = c.data_source_id and o.source_task_id = c.task_id
                          and o.conversation_start_time = c.conversation_start_time and o.status = 'In Progress')) as "capturesOpen",
      (select count(*) from etl.capture where state = 'expected' and reason = 'capture_listing_empty') as "capturesAwaited",
      (select count(*) from etl.capture where state = 'stored') as "capturesStored",
      (select count(*) from etl.capture where state = 'stored' and mapped_at is null and conversation_start_time < ${until}) as "capturesUnmapped",
      (select count(*) from etl.fetch where state in ('pending','queued','running','fetched')) as "fetchesOpen",
      (select count(*) from etl.fetch where state = 'failed') as "fetchesFailed",
      (select count(*) from etl.dead_letter where resolved_at is null) as "deadLetters",
      (select count(*) = 2 from etl.watermark where pass in ('task_change','agent_time') and complete_until >= ${until}) as "passesDone",
      (select exists (select from etl.fetch where state = 'failed' and reason = 'change')
        and not exists (select from etl.fetch where state in ('pending','queued','running','fetched') and reason = 'change')) as "passesFailed"`.execute(
    db,
  )
  return rows[0]!
}

/** Nothing more will happen by itself: all windows are proved or final, the passes have run, every capture is resolved. */
export function isOver(progress: Progress): boolean {
  return (
    progress.windowsTotal > 0 &&
    progress.windowsVerified + progress.windowsFinal === progress.windowsTotal &&
    (progress.passesDone || progress.passesFailed) &&
    progress.capturesOpen === 0 &&
    progress.capturesUnmapped === 0
  )
}

/** Everything is proved and nothing failed on the way. */
export function isComplete(progress: Progress): boolean {
  return (
    isOver(progress) &&
    progress.passesDone &&
    progress.windowsFinal === 0 &&
    progress.fetchesFailed === 0 &&
    progress.deadLetters === 0
  )
}

export function progressLine(progress: Progress): string {
  return [
    `${progress.windowsVerified}/${progress.windowsTotal} windows verified`,
    `${progress.conversations} conversations`,
    `${progress.engagements} engagements`,
    `${progress.capturesStored}/${progress.capturesStored + progress.capturesOpen} captures stored${mapped(progress)}`,
  ].join(' · ')
}

/** Else a line that no longer changes would not say what is still being done. */
function mapped({ capturesUnmapped }: Progress): string {
  return capturesUnmapped === 0 ? '' : `, ${capturesUnmapped} of them not mapped yet`
}
