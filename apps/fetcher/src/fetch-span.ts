import { FatalError } from '@wxcc/contracts/failures'
import { mapSpan } from '@wxcc/contracts/map-span'
import type { Outcome } from '@wxcc/contracts/outcome'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { listPages } from '@wxcc/db/raw-page'
import type { FetchWork } from './fetch-work.ts'
import { legPlan } from './leg-plan.ts'
import { readStored } from './read-stored.ts'
import { sessionPlan } from './session-plan.ts'
import { readCursor } from './span-cursor.ts'
import type { SpanPlan } from './span-plan.ts'
import { rangeOf } from './span-range.ts'
import { storePage } from './store-page.ts'
import { taskPlan } from './task-plan.ts'
import { walkSpan } from './walk-span.ts'

/** All pages of one span: asked for, kept untouched, listed; then the mapper is told. Goes on where an earlier run was interrupted. */
export async function fetchSpan(claim: Claim, work: FetchWork): Promise<Outcome> {
  const { db, objects, now, source } = work
  const pages = await listPages(db, claim.fetchId)
  const pageNos = new Map<string, number>()
  for (const page of pages) pageNos.set(page.recordKind, Math.max(page.pageNo, pageNos.get(page.recordKind) ?? 0))

  await walkSpan({
    plan: planOf(claim, work),
    cursor: readCursor(claim.cursor),
    stored: pages.map((page) => ({ recordKind: page.recordKind, read: () => readStored(objects, page) })),
    async store(recordKind, page, goesOnAt) {
      work.signal.throwIfAborted()
      const pageNo = (pageNos.get(recordKind) ?? 0) + 1
      await storePage({ db, objects, now }, { claim, sourceKey: source.key, recordKind, pageNo, page, goesOnAt })
      pageNos.set(recordKind, pageNo)
    },
  })

  const nowMs = await now()
  await db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'fetched', nowMs, requests: work.requests() }))
  // If this is lost, the planner's sweep finds the fetched row and enqueues the next map generation.
  await work.queues.enqueue(mapSpan, { fetchId: claim.fetchId, generation: claim.mapGeneration + 1 }, claim.lane)
  return {
    kind: 'done',
    counts: { requests: work.requests(), pages: [...pageNos.values()].reduce((a, b) => a + b, 0) },
  }
}

function planOf(claim: Claim, { client, source }: FetchWork): SpanPlan {
  const range = rangeOf(claim, source)
  switch (claim.stream) {
    case 'task':
      return taskPlan(client, range)
    case 'agent_session':
      return sessionPlan(client, range)
    case 'task_leg':
      return legPlan(client, range)
    default:
      throw new FatalError('unexpected', { detail: 'a span has a stream' })
  }
}
