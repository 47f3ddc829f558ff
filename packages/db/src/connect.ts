import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { DB } from './schema.ts'

export type Database = Kysely<DB>

/**
 * A pool over `DATABASE_URL`. int8 arrives as a number where it is safe and as a bigint beyond, dates as `YYYY-MM-DD`, numerics as text.
 * `applicationName` shows in `pg_stat_activity` and must begin with `wxcc-` for writers, which `bi.freshness.safe_until` looks for.
 * `onIdleError` hears of connections that broke while idle; without a listener they would end the process.
 */
export function connectDatabase(options: {
  readonly url: string
  readonly applicationName: string
  readonly poolSize?: number
  readonly statementTimeoutMs?: number
  readonly onIdleError?: (error: Error) => void
}): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolSize ?? 5,
    // Also how long a statement waits for a free connection. Long enough that a host standing still for a while is not taken for a dead server.
    connectionTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    lock_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    types: { getTypeParser: parserFor },
  })
  pool.on('error', (error) => options.onIdleError?.(error))
  // One that breaks between two statements of a transaction tells nobody but its own listeners; its next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
}

const INT8 = 20
const INT8_ARRAY = 1016
const DATE = 1082

/** pg's own parser of `text[]`: any array as its items' text. */
const TEXT_ARRAY: number = 1009
const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY) as (text: string) => (string | null)[]

function parserFor(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8) return parseInt8
  if (oid === INT8_ARRAY) return (text) => parseTextArray(text).map((item) => (item === null ? null : parseInt8(item)))
  if (oid === DATE) return (text) => text
  return pg.types.getTypeParser(oid, format)
}

function parseInt8(text: string): number | bigint {
  const value = BigInt(text)
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
