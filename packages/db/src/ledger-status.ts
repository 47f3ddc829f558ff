import type {
  CaptureKind,
  CaptureState,
  FetchKind,
  FetchState,
  Lane,
  Stream,
  WindowState,
} from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { Database } from './connect.ts'
import type { Credential } from './credential.ts'
import type { Source } from './data-source.ts'

/** A quarter hour that is not proved, and why as far as it is known. */
export interface UnprovedWindow {
  readonly dataSourceKey: string
  readonly stream: Stream
  readonly windowStart: Date
  readonly state: WindowState
  readonly expected: number | null
  readonly stored: number | null
  /** Records whose activities are fewer than their `totalCount`. */
  readonly incomplete: number | null
  readonly finding: string | null
  readonly nextCheckAt: Date | null
}

/** Whether anything is asked for a source at all, and why not. */
export interface SourceStatus {
  readonly dataSourceKey: string
  readonly state: Source['state']
  /** A failure code, when a failure stopped it. */
  readonly stopCode: string | null
  /** `needs_consent`: the vendor refused client secret or refresh token. */
  readonly credentialState: Credential['state']
  /** Why it needs consent: a failure code. */
  readonly consentCode: string | null
  /** Alarm level of the connection: 30, 14, 7, 1 days before it ends, 0 = lost; null = all is well. */
  readonly alarmedDays: number | null
  readonly connectionEndsAt: Date | null
}

/** What is complete, waiting and failed, over all sources. */
export interface LedgerStatus {
  readonly sources: readonly SourceStatus[]
  readonly windows: readonly {
    dataSourceKey: string
    stream: Stream
    state: WindowState
    windows: number
    records: number
  }[]
  readonly fetches: readonly {
    dataSourceKey: string
    kind: FetchKind
    lane: Lane
    state: FetchState
    fetches: number
    notBefore: Date | null
  }[]
  /** What open fetches last failed with, `FailureCode`s. */
  readonly troubles: readonly { dataSourceKey: string; code: string; fetches: number }[]
  readonly captures: readonly {
    dataSourceKey: string
    kind: CaptureKind
    state: CaptureState
    reason: string | null
    captures: number
    unmapped: number
  }[]
  readonly deadLetters: readonly { queue: string; code: string; letters: number; lastAt: Date }[]
  readonly days: readonly {
    dataSourceKey: string
    day: string
    tasksExpected: number | null
    tasksStored: number | null
    tasksOpen: number
    agentTimeCompleteUntil: Date | null
    isComplete: boolean
  }[]
}

export async function readLedgerStatus(db: Database): Promise<LedgerStatus> {
  const [sources, windows, fetches, troubles, captures, deadLetters, days] = await Promise.all([
    sql<SourceStatus>`
      select s.data_source_key as "dataSourceKey", s.state, s.stop_code as "stopCode", c.state as "credentialState",
        c.consent_code as "consentCode", c.alarmed_days as "alarmedDays", c.refresh_token_expires_at as "connectionEndsAt"
      from etl.data_source s join etl.credential c using (credential_id) where s.state <> 'removed' order by 1`.execute(
      db,
    ),
    sql<LedgerStatus['windows'][number]>`
      select s.data_source_key as "dataSourceKey", w.stream, w.state, count(*) as windows, coalesce(sum(w.stored), 0) as records
      from etl.load_window w join etl.data_source s using (data_source_id)
      group by 1, 2, 3 order by 1, 2, 3`.execute(db),
    sql<LedgerStatus['fetches'][number]>`
      select s.data_source_key as "dataSourceKey", f.kind, f.lane, f.state, count(*) as fetches, min(f.not_before) as "notBefore"
      from etl.fetch f join etl.data_source s using (data_source_id)
      where f.state not in ('mapped','done')
      group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db),
    sql<LedgerStatus['troubles'][number]>`
      select s.data_source_key as "dataSourceKey", f.last_code as code, count(*) as fetches
      from etl.fetch f join etl.data_source s using (data_source_id)
      where f.state in ('pending','queued','running','fetched') and f.last_code is not null
      group by 1, 2 order by 1, 2`.execute(db),
    sql<LedgerStatus['captures'][number]>`
      select s.data_source_key as "dataSourceKey", c.kind, c.state, c.reason, count(*) as captures,
             count(*) filter (where c.state = 'stored' and c.mapped_at is null) as unmapped
      from etl.capture c join etl.data_source s using (data_source_id)
      group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db),
    sql<LedgerStatus['deadLetters'][number]>`
      select queue, code, count(*) as letters, max(last_at) as "lastAt"
      from etl.dead_letter where resolved_at is null group by 1, 2 order by 1, 2`.execute(db),
    sql<LedgerStatus['days'][number]>`
      select s.data_source_key as "dataSourceKey", to_char(c.day, 'YYYY-MM-DD') as day, c.tasks_expected as "tasksExpected",
             c.tasks_stored as "tasksStored", c.tasks_open as "tasksOpen", c.agent_time_complete_until as "agentTimeCompleteUntil",
             coalesce(c.is_complete, false) as "isComplete"
      from bi.completeness c join etl.data_source s using (data_source_id) order by 1, 2`.execute(db),
  ])
  return {
    sources: sources.rows,
    windows: windows.rows,
    fetches: fetches.rows,
    troubles: troubles.rows,
    captures: captures.rows,
    deadLetters: deadLetters.rows,
    days: days.rows,
  }
}

/** The unproved quarter hours, oldest first, at most `limit`. */
export async function listUnprovedWindows(db: Database, limit: number): Promise<UnprovedWindow[]> {
  const { rows } = await sql<UnprovedWindow>`
    select s.data_source_key as "dataSourceKey", w.stream, w.window_start as "windowStart", w.state, w.expected, w.stored, w.incomplete,
           w.finding, w.next_check_at as "nextCheckAt"
    from etl.load_window w join etl.data_source s using (data_source_id)
    where w.state not in ('verified','sealed','expired')
    order by w.window_start, w.stream limit ${limit}`.execute(db)
  return rows
}
