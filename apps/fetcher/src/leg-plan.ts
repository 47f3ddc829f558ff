import type { WebexClient } from '@wxcc/webex/client'
import * as search from '@wxcc/webex/search'
import { type ClrItem, type SearchPage, clr, readPage } from '@wxcc/webex/search-page'
import type { SpanRange } from './span-range.ts'
import type { SpanPlan, WalkedPage } from './span-plan.ts'
import { factsOf } from './task-plan.ts'

/** Task legs: records without activities, so the heads are all there is. */
export function legPlan(client: WebexClient, { fromMs, toMs, sinceMs }: SpanRange): SpanPlan {
  return {
    headKind: 'clr',
    bodyKind: 'clr',
    async heads(cursor) {
      return ofClrs(
        sinceMs === null
          ? await search.clrPage(client, { fromMs, toMs, cursor })
          : await search.changedClrPage(client, { fromMs, toMs, cursor, sinceMs }),
      )
    },
    countChunks: () => 0,
    bodies: none,
    isUnfinished: () => false,
    rest: none,
    reread: (_kind, body) =>
      ofClrs(
        readPage(
          { body, json: JSON.parse(body.toString('utf8')) as unknown, trackingId: null },
          'taskLegDetails',
          clr,
          null,
        ),
      ),
  }
}

async function none(): Promise<never> {
  throw new RangeError('task legs have no activities')
}

function ofClrs(page: SearchPage<ClrItem>): WalkedPage {
  return { ...factsOf(page), heads: page.records.map((leg) => ({ id: leg.id, timeMs: leg.createdTime })), inners: [] }
}
