import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings } from '@wxcc/db/settings'
import { httpClock } from '@wxcc/runtime/http-clock'
import { loadConfig } from '@wxcc/runtime/load-config'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { processSettings } from '@wxcc/runtime/settings'
import { withDatabase } from '../with-database.ts'

/** The ledger of DATABASE_URL, and the clock that its workers go by. */
export interface LedgerAtHand {
  readonly db: Database
  readonly now: Clock
}

/** Runs `work` on the ledger and closes it. */
export async function withLedger(work: (ledger: LedgerAtHand) => Promise<void>): Promise<void> {
  const { DATABASE_URL, CLOCK_URL } = loadConfig(
    { ...databaseSettings, CLOCK_URL: processSettings.CLOCK_URL },
    process.env,
  )
  await withDatabase(DATABASE_URL, (db) =>
    work({ db, now: CLOCK_URL === undefined ? postgresClock(db) : httpClock(CLOCK_URL) }),
  )
}

/** Ids of all sources, or of the one with this key. `isActive`: only those that anything is asked for. Throws a `ReadableError` when there is none. */
export async function chooseSources(
  db: Database,
  choice: { readonly key?: string | undefined; readonly isActive?: boolean },
): Promise<number[]> {
  const { key, isActive = false } = choice
  const sources = await listSources(db)
  const chosen = key === undefined ? sources : sources.filter((source) => source.key === key)
  if (chosen.length === 0)
    throw new ReadableError(key === undefined ? 'no source is connected yet' : 'there is no source with that key')
  const asked = isActive ? chosen.filter(({ state }) => state === 'active') : chosen
  if (asked.length === 0) throw new ReadableError('nothing is asked for this source: it is paused or stopped')
  return asked.map(({ dataSourceId }) => dataSourceId)
}
