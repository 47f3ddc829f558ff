import { sql } from 'kysely'
import type { Database } from './connect.ts'

/** What was measured of one organisation's vendor, where documentation is silent or contradicts itself. Null: it could not be told. */
export interface Learned {
  /** Epoch ms. */
  readonly measuredAtMs: number
  /** Whether a record at exactly `from` or `to` of a range belongs to it. */
  readonly edges: 'half-open' | 'closed' | 'open' | 'from excluded' | null
  /** Longest range of a query, as far as was tried: 365 or 396 days; null: less, or refused for another reason. */
  readonly maxSpanDays: number | null
  /** How long after its creation the latest of the watched records showed, ms. */
  readonly settleMs: number | null
  /** Records that showed while it was watched. */
  readonly settledRecords: number
  /** Whether a refresh answers another refresh token. */
  readonly refreshTokenRotates: boolean | null
  /** Whether a refresh starts the life of the refresh token anew. */
  readonly refreshLifeRestarts: boolean | null
}

export async function saveLearned(db: Database, dataSourceId: number, learned: Learned): Promise<void> {
  await db
    .updateTable('etl.data_source')
    .set({ learned: JSON.stringify(learned), updated_at: sql<Date>`now()` })
    .where('data_source_id', '=', dataSourceId)
    .execute()
}

/** Null: nobody has measured it yet (`wxcc doctor --learn`). */
export async function readLearned(db: Database, dataSourceId: number): Promise<Learned | null> {
  const row = await db
    .selectFrom('etl.data_source')
    .select('learned')
    .where('data_source_id', '=', dataSourceId)
    .executeTakeFirstOrThrow()
  return learnedOf(row.learned)
}

/** Only `saveLearned` writes it. */
function learnedOf(stored: unknown): Learned | null {
  return stored as Learned | null
}
