import type { FailureCode } from '@wxcc/contracts/failures'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB, EtlDataSource } from './schema.ts'

export const TASK_LEGS = ['off', 'ask', 'on'] as const
export type TaskLegs = (typeof TASK_LEGS)[number]

/** Which connected tasks should have a recording: those the vendor flags, or all. */
export const RECORDING_POLICIES = ['flagged', 'all-connected'] as const
export type RecordingPolicy = (typeof RECORDING_POLICIES)[number]

/** One Webex Contact Center organisation that is loaded. */
export interface Source {
  readonly dataSourceId: number
  /** Part of every deterministic id; never changes. */
  readonly key: string
  readonly displayName: string
  readonly orgId: string
  readonly dataCenter: string
  readonly apiUrl: string
  readonly credentialId: number
  readonly state: 'active' | 'paused' | 'stopped' | 'removed'
  /** Where the ledger begins, epoch ms. */
  readonly loadFromMs: number
  /** Where it ends, epoch ms; null = never. */
  readonly loadUntilMs: number | null
  /** Wait after a window's end before it is read, since the vendor publishes late. */
  readonly settleMs: number
  readonly ronaTimeoutMs: number
  readonly serviceLevelMs: number
  readonly shortAbandonMs: number
  readonly reportingTimeZone: string
  /** Country of the customers' numbers that carry no calling code, ISO 3166 alpha-2; null = such numbers are kept as they are. */
  readonly defaultCountry: string | null
  /** Whether survey scores also become rows of `journey.review`. */
  readonly emitsReviews: boolean
  /** Whether task legs (CLR) are loaded; `ask` asks the vendor once a day whether there are any, and becomes `on` with the first. */
  readonly taskLegs: TaskLegs
  /** No request of the history lane is planned or handed out. */
  readonly isHistoryPaused: boolean
  readonly recordingPolicy: RecordingPolicy
  readonly retention: Retention
}

/** Days after a conversation's start when something leaves; null = never. */
export interface Retention {
  readonly recordings: number | null
  /** Transcripts and attachments, and what was written in them. */
  readonly transcripts: number | null
  /** Names, comments, variables and texts in `pii`; addresses that nobody has used since. */
  readonly personal: number | null
  /** The vendor's answers, from which everything else is derived; at least `LEAST_PAGE_DAYS`. */
  readonly pages: number | null
}

/** A span is 30 days at most, and is proved within three more. */
export const LEAST_PAGE_DAYS = 35

export interface NewSource {
  readonly key: string
  readonly displayName: string
  readonly orgId: string
  readonly dataCenter: string
  readonly apiUrl: string
  readonly credentialId: number
  readonly loadFromMs: number
  readonly loadUntilMs?: number | null
  readonly settleMs?: number
  readonly reportingTimeZone?: string
  readonly defaultCountry?: string
  /** @default false */
  readonly emitsReviews?: boolean
  /** @default 'off' */
  readonly taskLegs?: TaskLegs
}

/** What this pipeline loads; all other sources are imported (`imported-source.ts`), and no pass touches them. */
const WEBEX = 'webex_cc'

/** Throws if there is no such source. */
export async function getSource(db: Database | Transaction<DB>, dataSourceId: number): Promise<Source> {
  const row = await db
    .selectFrom('etl.data_source')
    .selectAll()
    .where('vendor', '=', WEBEX)
    .where('data_source_id', '=', dataSourceId)
    .executeTakeFirstOrThrow()
  return toSource(row)
}

/** Those that were removed are left out unless they are asked for. */
export async function listSources(
  db: Database | Transaction<DB>,
  which: { readonly withRemoved: boolean } = { withRemoved: false },
): Promise<Source[]> {
  const rows = await db
    .selectFrom('etl.data_source')
    .selectAll()
    .where('vendor', '=', WEBEX)
    .$if(!which.withRemoved, (query) => query.where('state', '<>', 'removed'))
    .orderBy('data_source_id')
    .execute()
  return rows.map(toSource)
}

/** Throws Postgres' 23505 if the key or the organisation is known already. */
export async function addSource(db: Database | Transaction<DB>, source: NewSource): Promise<Source> {
  const row = await db
    .insertInto('etl.data_source')
    .values({
      data_source_key: source.key,
      display_name: source.displayName,
      source_org_id: source.orgId,
      data_center: source.dataCenter,
      api_url: source.apiUrl,
      credential_id: source.credentialId,
      load_from: new Date(source.loadFromMs),
      load_until: source.loadUntilMs == null ? null : new Date(source.loadUntilMs),
      ...(source.settleMs === undefined ? {} : { settle_ms: source.settleMs }),
      ...(source.reportingTimeZone === undefined ? {} : { reporting_time_zone: source.reportingTimeZone }),
      default_country: source.defaultCountry ?? null,
      emits_reviews: source.emitsReviews ?? false,
      task_legs: source.taskLegs ?? 'off',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toSource(row)
}

/** What may be changed of a source; its key and organisation may not. */
export interface SourceChange {
  readonly displayName?: string
  readonly dataCenter?: string
  readonly apiUrl?: string
  readonly reportingTimeZone?: string
  readonly defaultCountry?: string
  readonly emitsReviews?: boolean
  readonly taskLegs?: TaskLegs
  readonly settleMs?: number
}

/** Settings that decide rows hold for what is mapped from now on; what is mapped already stays as it is until it is mapped again. */
export async function changeSource(
  db: Database | Transaction<DB>,
  dataSourceId: number,
  change: SourceChange,
): Promise<void> {
  await db
    .updateTable('etl.data_source')
    .set({
      ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
      ...(change.dataCenter === undefined ? {} : { data_center: change.dataCenter }),
      ...(change.apiUrl === undefined ? {} : { api_url: change.apiUrl }),
      ...(change.reportingTimeZone === undefined ? {} : { reporting_time_zone: change.reportingTimeZone }),
      ...(change.settleMs === undefined ? {} : { settle_ms: change.settleMs }),
      ...(change.defaultCountry === undefined ? {} : { default_country: change.defaultCountry }),
      ...(change.emitsReviews === undefined ? {} : { emits_reviews: change.emitsReviews }),
      ...(change.taskLegs === undefined ? {} : { task_legs: change.taskLegs }),
      updated_at: sql<Date>`now()`,
    })
    .where('data_source_id', '=', dataSourceId)
    .execute()
}

/** ask → on: the vendor has shown a leg. A person's own choice meanwhile stays. */
export async function confirmTaskLegs(tx: Transaction<DB>, dataSourceId: number): Promise<void> {
  await tx
    .updateTable('etl.data_source')
    .set({ task_legs: 'on', updated_at: sql<Date>`now()` })
    .where('data_source_id', '=', dataSourceId)
    .where('task_legs', '=', 'ask')
    .execute()
}

/** No more work is admitted for this source until a person looks at it. */
export async function stopSource(db: Database, dataSourceId: number, code: FailureCode): Promise<void> {
  await db
    .updateTable('etl.data_source')
    .set({ state: 'stopped', stop_code: code, updated_at: sql<Date>`now()` })
    .where('data_source_id', '=', dataSourceId)
    .where('state', '=', 'active')
    .execute()
}

/** A check constraint promises that a Webex source has what others lack. */
function toSource(row: Selectable<EtlDataSource>): Source {
  return {
    dataSourceId: row.data_source_id,
    key: row.data_source_key,
    displayName: row.display_name,
    orgId: row.source_org_id,
    dataCenter: row.data_center!,
    apiUrl: row.api_url!,
    credentialId: row.credential_id!,
    state: row.state as Source['state'],
    loadFromMs: row.load_from.getTime(),
    loadUntilMs: row.load_until?.getTime() ?? null,
    settleMs: row.settle_ms,
    ronaTimeoutMs: row.rona_timeout_ms,
    serviceLevelMs: row.service_level_ms,
    shortAbandonMs: row.short_abandon_ms,
    reportingTimeZone: row.reporting_time_zone,
    defaultCountry: row.default_country,
    emitsReviews: row.emits_reviews,
    taskLegs: row.task_legs as TaskLegs,
    isHistoryPaused: row.is_history_paused,
    recordingPolicy: row.recording_policy as RecordingPolicy,
    retention: {
      recordings: row.recording_days,
      transcripts: row.transcript_days,
      personal: row.personal_days,
      pages: row.page_days,
    },
  }
}
