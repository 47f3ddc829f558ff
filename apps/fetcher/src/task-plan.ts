import type { WebexClient } from '@wxcc/webex/client'
import * as search from '@wxcc/webex/search'
import { type CarItem, type CsrItem, type SearchPage, car, csr, readPage } from '@wxcc/webex/search-page'
import { chunkHeads } from './chunk-heads.ts'
import type { SpanRange } from './span-range.ts'
import type { Head, Inner, SpanPlan, WalkedPage } from './span-plan.ts'

/** CSRs, then their CARs. A change pass asks for the CARs by id, since the changed tasks are few and of any age. */
export function taskPlan(client: WebexClient, range: SpanRange): SpanPlan {
  const { fromMs, toMs, sinceMs } = range
  const chunksOf = (heads: readonly Head[]) =>
    chunkHeads(heads, { maxHeads: search.MAX_IDS_PER_QUERY, maxSpanMs: search.MAX_ACTIVITY_SPAN_MS })
  return {
    headKind: 'csr',
    bodyKind: 'car',
    async heads(cursor) {
      return ofCsrs(
        sinceMs === null
          ? await search.csrPage(client, { fromMs, toMs, cursor })
          : await search.changedCsrPage(client, { fromMs, toMs, cursor, sinceMs }),
      )
    },
    countChunks: (heads) => (sinceMs === null ? 1 : chunksOf(heads).length),
    async bodies(heads, chunk, cursor) {
      if (sinceMs === null) return ofCars(await search.carPage(client, { fromMs, toMs, cursor }))
      const { ids, ...slice } = chunksOf(heads)[chunk]!
      return ofCars(await search.carsByIds(client, { ids, ...slice, cursor }))
    },
    isUnfinished: (inner) => inner.hasNextPage && inner.endCursor !== null,
    async rest(taskId, head, after) {
      return ofCars(await search.carsOfTask(client, { taskId, after, fromMs: head.timeMs - 1, toMs: head.timeMs + 1 }))
    },
    reread(kind, body) {
      const answer = { body, json: JSON.parse(body.toString('utf8')) as unknown, trackingId: null }
      return kind === 'csr'
        ? ofCsrs(readPage(answer, 'taskDetails', csr, null))
        : ofCars(readPage(answer, 'taskDetails', car, null))
    },
  }
}

function ofCsrs(page: SearchPage<CsrItem>): WalkedPage {
  const heads = page.records.map((task) => ({ id: task.id, timeMs: task.createdTime }))
  return { ...factsOf(page), heads, inners: [] }
}

function ofCars(page: SearchPage<CarItem>): WalkedPage {
  const inners = page.records.map((task): Inner => {
    const { activities } = task
    return {
      owner: task.id,
      headId: task.id,
      hasNextPage: activities?.pageInfo.hasNextPage === true,
      endCursor: activities?.pageInfo.endCursor ?? null,
      oldestMs: timeOf(activities?.nodes.at(-1), 'createdTime'),
    }
  })
  return { ...factsOf(page), heads: [], inners }
}

export function factsOf(page: SearchPage<unknown>) {
  return { body: page.body, trackingId: page.trackingId, recordCount: page.recordCount, endCursor: page.endCursor }
}

/** When an activity began, epoch ms; null for none, and for one that does not say. */
export function timeOf(activity: unknown, field: 'createdTime' | 'startTime'): number | null {
  const time = (activity as Readonly<Record<string, unknown>> | null | undefined)?.[field]
  return typeof time === 'number' ? time : null
}
