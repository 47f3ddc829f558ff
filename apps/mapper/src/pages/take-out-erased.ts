import { readErased } from '@wxcc/db/erased'
import { listPages, type RawPage } from '@wxcc/db/raw-page'
import { markerOf } from '@wxcc/erasure/marker-of'
import { rewritePages } from '@wxcc/erasure/rewrite-pages'
import type { MapperDeps, MapperJob } from '../mapper-job.ts'

/** The pages of a `task` fetch, when nobody who was erased is on them any more. */
export async function takeOutErased(deps: MapperDeps, { claim, source, nowMs }: MapperJob): Promise<RawPage[]> {
  const pages = await listPages(deps.db, claim.fetchId)
  const erased = await readErased(deps.db)
  if (erased.size === 0) return pages
  const marker = markerOf(erased, { contactKey: deps.contactKey, defaultCountry: source.defaultCountry })
  const rewritten = await rewritePages(deps, { pages, markerOf: marker, nowMs })
  return rewritten === 0 ? pages : listPages(deps.db, claim.fetchId)
}
