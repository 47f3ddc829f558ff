import { FatalError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { getSource } from '@wxcc/db/data-source'
import type { Claim } from '@wxcc/db/fetch-claim'
import { getPages, listPages, type RawPage } from '@wxcc/db/raw-page'
import { mapSessionSpan } from './agents/map-session-span.ts'
import { mapLegSpan } from './legs/map-leg-span.ts'
import type { MapperDeps } from './mapper-job.ts'
import { PageReader, type ReadPage } from './pages/page-reader.ts'
import { takeOutErased } from './pages/take-out-erased.ts'
import { sourceIds } from './source-ids.ts'
import { mapTaskSpan } from './tasks/map-task-span.ts'

/** For callers who let a job run to its end. */
const NEVER = new AbortController().signal

/**
 * One fetched span → rows. Nothing of it is asked of the vendor again; it may be repeated at any time and gives the same rows.
 * `signal` ends it between two transactions; what is committed stays. Throws `FatalError('raw_page_missing')` if the store has not what the ledger lists, and `FencedOff` if another claim overtook this one.
 */
export async function mapFetchedSpan(deps: MapperDeps, claim: Claim, signal?: AbortSignal): Promise<Outcome> {
  const source = await getSource(deps.db, claim.dataSourceId)
  const job = { claim, source, ids: sourceIds(source.key), nowMs: await deps.clock(), signal: signal ?? NEVER }
  const reader = new PageReader(
    (key) => deps.objects.get(key),
    async (id) => (await getPages(deps.db, [id]))[0],
  )
  const pages = claim.stream === 'task' ? await takeOutErased(deps, job) : await listPages(deps.db, claim.fetchId)
  switch (claim.stream) {
    case 'task':
      return mapTaskSpan(deps, job, pages, reader)
    case 'agent_session':
      return mapSessionSpan(deps, job, await readAll(reader, pages), reader)
    case 'task_leg':
      return mapLegSpan(deps, job, pages, reader)
    default:
      throw new FatalError('mapping_failed', { detail: 'a span has a stream' })
  }
}

async function readAll(reader: PageReader, listed: readonly RawPage[]): Promise<ReadPage[]> {
  const pages: ReadPage[] = []
  for (const page of listed) pages.push(await reader.read(page))
  return pages
}
