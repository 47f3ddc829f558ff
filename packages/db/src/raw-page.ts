import type { RecordKind } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { Database } from './connect.ts'
import { type Claim, holdFence } from './fetch-claim.ts'

/** One vendor answer in object storage, as it came (gzip). */
export interface RawPage {
  readonly rawPageId: number
  readonly fetchId: number
  readonly recordKind: RecordKind
  readonly pageNo: number
  readonly objectKey: string
  /** Length and hash of the stored object (compressed bytes). */
  readonly byteSize: number
  readonly sha256: Buffer
  readonly recordCount: number
}

/**
 * Lists a page that is already stored, together with the place where the fetch goes on, in one fenced transaction: after a crash the page is
 * either known and not asked for again, or unknown and asked for again. Throws `FencedOff`.
 */
export async function recordPage(
  db: Database,
  page: {
    readonly claim: Claim
    readonly recordKind: RecordKind
    readonly pageNo: number
    readonly objectKey: string
    readonly byteSize: number
    readonly sha256: Buffer
    readonly recordCount: number
    readonly trackingId: string | null
    readonly cursor: unknown
    readonly nowMs: number
  },
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await holdFence(tx, page.claim)
    const { raw_page_id } = await tx
      .insertInto('etl.raw_page')
      .values({
        data_source_id: page.claim.dataSourceId,
        fetch_id: page.claim.fetchId,
        generation: page.claim.generation,
        record_kind: page.recordKind,
        page_no: page.pageNo,
        object_key: page.objectKey,
        byte_size: page.byteSize,
        sha256: page.sha256,
        record_count: page.recordCount,
        tracking_id: page.trackingId,
        fetched_at: new Date(page.nowMs),
      })
      .returning('raw_page_id')
      .executeTakeFirstOrThrow()
    await tx
      .updateTable('etl.fetch')
      .set({ cursor: sql`${JSON.stringify(page.cursor ?? null)}::jsonb` })
      .where('fetch_id', '=', page.claim.fetchId)
      .execute()
    return raw_page_id
  })
}

/** All pages of one fetch, in the order they were asked for. */
export async function listPages(db: Database, fetchId: number): Promise<RawPage[]> {
  const rows = await pages(db).where('fetch_id', '=', fetchId).orderBy('raw_page_id').execute()
  return rows.map(toPage)
}

/** Pages by id; ids that do not exist are left out. */
export async function getPages(db: Database, ids: readonly number[]): Promise<RawPage[]> {
  if (ids.length === 0) return []
  const rows = await pages(db)
    .where('raw_page_id', 'in', [...ids])
    .orderBy('raw_page_id')
    .execute()
  return rows.map(toPage)
}

function pages(db: Database) {
  return db
    .selectFrom('etl.raw_page')
    .select(['raw_page_id', 'fetch_id', 'record_kind', 'page_no', 'object_key', 'byte_size', 'sha256', 'record_count'])
}

function toPage(row: Awaited<ReturnType<ReturnType<typeof pages>['execute']>>[number]): RawPage {
  return {
    rawPageId: row.raw_page_id,
    fetchId: row.fetch_id,
    recordKind: row.record_kind as RecordKind,
    pageNo: row.page_no,
    objectKey: row.object_key,
    byteSize: row.byte_size,
    sha256: row.sha256,
    recordCount: row.record_count,
  }
}
