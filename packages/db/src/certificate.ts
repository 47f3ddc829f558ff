import { createHash } from 'node:crypto'
import { DAY_MS } from '@wxcc/contracts/window'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { Source } from './data-source.ts'

/** One quarter hour as the ledger holds it. Moments are ISO instants, UTC. */
export interface CertifiedWindow {
  readonly stream: string
  readonly windowStart: string
  readonly state: string
  readonly finding: string | null
  /** The vendor's figures, when they were asked for, and by which fetch. */
  readonly expected: number | null
  readonly expectedDurationMs: number | null
  readonly expectedActivityAt: string | null
  readonly expectedAt: string | null
  readonly censusId: number | null
  /** Ours. */
  readonly stored: number | null
  readonly storedDurationMs: number | null
  readonly storedActivityAt: string | null
  readonly incomplete: number | null
  readonly open: number | null
  readonly readAt: string | null
  readonly sealedAt: string | null
  readonly fetchId: number | null
  readonly trackingIds: readonly string[]
}

/** A page of a fetch that brought records of the day, as it lies in object storage. */
export interface CertifiedPage {
  readonly fetchId: number
  readonly stream: string
  readonly reason: string
  readonly rangeStart: string
  readonly rangeEnd: string
  readonly fetchedAt: string
  readonly recordKind: string
  readonly pageNo: number
  readonly objectKey: string
  readonly records: number
  readonly bytes: number
  /** Of the stored (compressed) bytes, hex. */
  readonly sha256: string
  /** When a person was taken out of it; bytes and hash are those since. */
  readonly redactedAt: string | null
  readonly trackingId: string | null
}

/** What the ledger says of one UTC day of one source. Nothing of the moment of asking is in it: the same ledger gives the same hash. */
export interface Certificate {
  readonly source: string
  readonly organisation: string
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  /** Every quarter hour of every stream is there, and verified or sealed. */
  readonly isComplete: boolean
  readonly isSealed: boolean
  readonly windows: readonly CertifiedWindow[]
  readonly pages: readonly CertifiedPage[]
  /** Hex, of all the other members as compact JSON, which anybody can compute again: `jq -cj '.[0] | del(.sha256)' | sha256sum`. */
  readonly sha256: string
}

/** The day's ledger, in one look at one moment, with its hash. @param dayMs 00:00 UTC */
export async function certifyDay(
  db: Database,
  source: Pick<Source, 'dataSourceId' | 'key' | 'orgId' | 'taskLegs'>,
  dayMs: number,
): Promise<Certificate> {
  const { dataSourceId } = source
  const [from, to] = [new Date(dayMs), new Date(dayMs + DAY_MS)]
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const windows = await sql<CertifiedWindow>`
        select stream, ${iso('window_start')} as "windowStart", state, finding, expected, expected_duration_ms as "expectedDurationMs",
          ${iso('expected_activity_at')} as "expectedActivityAt", ${iso('expected_at')} as "expectedAt", census_id as "censusId", stored,
          stored_duration_ms as "storedDurationMs", ${iso('stored_activity_at')} as "storedActivityAt", incomplete, open_records as open,
          ${iso('loaded_at')} as "readAt", ${iso('sealed_at')} as "sealedAt", fetch_id as "fetchId", coalesce(tracking_ids, '{}') as "trackingIds"
        from etl.load_window
        where data_source_id = ${dataSourceId} and window_start >= ${from} and window_start < ${to}
          and (stream <> 'task_leg' or ${source.taskLegs === 'on'}) order by stream, window_start`.execute(tx)
      const pages = await sql<CertifiedPage>`
        with held as (
          select fetch_id from etl.load_window
            where data_source_id = ${dataSourceId} and window_start >= ${from} and window_start < ${to}
          union
          select p.fetch_id from etl.task_source t join etl.raw_page p on p.raw_page_id = any(t.csr_page_id || t.car_page_ids)
            where t.data_source_id = ${dataSourceId} and t.created_time >= ${from} and t.created_time < ${to}
          union
          select fetch_id from journey.agent_session
            where data_source_id = ${dataSourceId} and login_time >= ${from} and login_time < ${to} and not is_deleted)
        select f.fetch_id as "fetchId", f.stream, f.reason, ${iso('f.range_start')} as "rangeStart", ${iso('f.range_end')} as "rangeEnd",
          ${iso('r.fetched_at')} as "fetchedAt", r.record_kind as "recordKind", r.page_no as "pageNo", r.object_key as "objectKey",
          r.record_count as records, r.byte_size as bytes, encode(r.sha256, 'hex') as sha256, ${iso('r.redacted_at')} as "redactedAt",
          r.tracking_id as "trackingId"
        from held join etl.fetch f using (fetch_id) join etl.raw_page r using (fetch_id)
        where f.kind = 'span' order by f.fetch_id, r.record_kind, r.page_no`.execute(tx)
      const streams = source.taskLegs === 'on' ? 3 : 2
      const isWhole = windows.rows.length === WINDOWS_A_DAY * streams
      const certificate = {
        source: source.key,
        organisation: source.orgId,
        day: from.toISOString().slice(0, 10),
        isComplete: isWhole && windows.rows.every(({ state }) => state === 'verified' || state === 'sealed'),
        isSealed: isWhole && windows.rows.every(({ state }) => state === 'sealed'),
        windows: windows.rows,
        pages: pages.rows,
      }
      return { ...certificate, sha256: createHash('sha256').update(JSON.stringify(certificate)).digest('hex') }
    })
}

const WINDOWS_A_DAY = 96

/** As `Date.toISOString`, but null stays null. */
function iso(column: string): RawBuilder<string> {
  return sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
