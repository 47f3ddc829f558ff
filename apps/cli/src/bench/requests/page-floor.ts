import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** Records of a page of Search, and the two kinds of page each takes: the records, then their activities (webex-cc-api §3.6). */
const PAGE_RECORDS = 250
const KINDS = 2

export interface PageFloor {
  readonly tasks: number
  readonly sessions: number
  /** Full pages of CSR, CAR, ASR and AAR, and a census a day and stream: nobody who wants every record and its count can ask for less. */
  readonly floor: number
  /** What a fixed plan of one query per quarter hour and kind of record takes, without any count. */
  readonly fixed: number
}

/** From the vendor's own counts of all windows of a source; call it when all of them are counted. */
export async function readPageFloor(db: Database, dataSourceId: number): Promise<PageFloor> {
  const { rows } = await sql<{ stream: string; records: number; days: number; fixed: number }>`
    select stream, sum(expected)::int as records, count(distinct date_trunc('day', window_start, 'UTC'))::int as days,
      sum(greatest(1, ceil(expected / ${PAGE_RECORDS}::numeric)))::int as fixed
    from etl.load_window where data_source_id = ${dataSourceId} and stream in ('task','agent_session') group by stream`.execute(
    db,
  )
  const recordsOf = (stream: string) => rows.find((row) => row.stream === stream)?.records ?? 0
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0)
  return {
    tasks: recordsOf('task'),
    sessions: recordsOf('agent_session'),
    floor: sum((row) => KINDS * Math.ceil(row.records / PAGE_RECORDS) + row.days),
    fixed: sum((row) => KINDS * row.fixed),
  }
}
