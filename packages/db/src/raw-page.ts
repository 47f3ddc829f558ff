import type { RecordKind } from '@wxcc/contracts/ledger'
import { type Selectable, sql } from 'kysely'
import type { Database } from './connect.ts'
import { type Claim, holdFence } from './fetch-claim.ts'
import type { EtlRawPage } from './schema.ts'

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
  return rows.map(pageOfRow)
}

/** Pages by id; ids that do not exist are left out. */
export async function getPages(db: Database, ids: readonly number[]): Promise<RawPage[]> {
  if (ids.length === 0) return []
  const rows = await pages(db)
    .where('raw_page_id', 'in', [...ids])
    .orderBy('raw_page_id')
    .execute()
  return rows.map(pageOfRow)
}

function pages(db: Database) {
  return db.selectFrom('etl.raw_page as p').select(rawPageColumns('p'))
}

const COLUMNS = [
  'raw_page_id',
  'fetch_id',
  'record_kind',
  'page_no',
  'object_key',
  'byte_size',
  'sha256',
  'record_count',
] as const

/** The columns of a `RawPage`, for `pageOfRow`. */
export function rawPageColumns<Alias extends string>(alias: Alias) {
  return COLUMNS.map((column) => `${alias}.${column}` as const)
}

export function pageOfRow(row: Pick<Selectable<EtlRawPage>, (typeof COLUMNS)[number]>): RawPage {
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

/**
 * Lists another object for a page instead of `page`'s, which is noted for removal. False when somebody else replaced it meanwhile. The new object
 * must be stored already.
 */
export async function replacePage(
  db: Database,
  page: RawPage,
  by: Pick<RawPage, 'objectKey' | 'byteSize' | 'sha256'> & { readonly nowMs: number },
): Promise<boolean> {
  const now = new Date(by.nowMs)
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('etl.raw_page')
      .set({ object_key: by.objectKey, byte_size: by.byteSize, sha256: by.sha256, redacted_at: now })
      .where('raw_page_id', '=', page.rawPageId)
      .where('object_key', '=', page.objectKey)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    await tx
      .insertInto('etl.erased_object')
      .values({ object_key: page.objectKey, noted_at: now })
      .onConflict((oc) => oc.doNothing())
      .execute()
    return true
  })
}

/** Objects of replaced pages that are to be removed. */
export async function listErasedObjects(db: Database, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('etl.erased_object')
    .select('object_key')
    .orderBy('object_key')
    .limit(limit)
    .execute()
  return rows.map((row) => row.object_key)
}

export async function forgetErasedObject(db: Database, objectKey: string): Promise<void> {
  await db.deleteFrom('etl.erased_object').where('object_key', '=', objectKey).execute()
}
