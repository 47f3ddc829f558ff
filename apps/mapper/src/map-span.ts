import { FatalError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { getSource } from '@wxcc/db/data-source'
import type { Claim } from '@wxcc/db/fetch-claim'
import { listPages } from '@wxcc/db/raw-page'
import { mapSessionSpan } from './agents/map-session-span.ts'
import type { MapperDeps } from './mapper-job.ts'
import { PageReader, type ReadPage } from './pages/page-reader.ts'
import { sourceIds } from './source-ids.ts'
import { mapTaskSpan } from './tasks/map-task-span.ts'

/** For callers who let a job run to its end. */
const NEVER = new AbortController().signal

/** Pages read from the store at a time. */
const READ_AHEAD = 4

/**
 * One fetched span → rows. Nothing of it is asked of the vendor again; it may be repeated at any time and gives the same rows.
 * `signal` ends it between two transactions; what is committed stays. Throws `FatalError('raw_page_missing')` if the store has not what the ledger lists, and `FencedOff` if another claim overtook this one.
 */
export async function mapFetchedSpan(deps: MapperDeps, claim: Claim, signal?: AbortSignal): Promise<Outcome> {
  const source = await getSource(deps.db, claim.dataSourceId)
  const job = { claim, source, ids: sourceIds(source.key), nowMs: await deps.clock(), signal: signal ?? NEVER }
  const reader = new PageReader(deps.readObject)
  const pages = await readAll(reader, await listPages(deps.db, claim.fetchId))
  switch (claim.stream) {
    case 'task':
      return mapTaskSpan(deps, job, pages)
    case 'agent_session':
      return mapSessionSpan(deps, job, pages, reader)
    default:
      throw new FatalError('mapping_failed', { detail: `no mapping for stream ${claim.stream ?? 'none'}` })
  }
}

async function readAll(reader: PageReader, listed: Awaited<ReturnType<typeof listPages>>): Promise<ReadPage[]> {
  const pages: ReadPage[] = []
  for (let at = 0; at < listed.length; at += READ_AHEAD) {
    pages.push(...(await Promise.all(listed.slice(at, at + READ_AHEAD).map((page) => reader.read(page)))))
  }
  return pages
}
