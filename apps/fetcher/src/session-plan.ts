import type { WebexClient } from '@wxcc/webex/client'
import * as search from '@wxcc/webex/search'
import { type AarItem, type AsrItem, type SearchPage, aar, asr, readPage } from '@wxcc/webex/search-page'
import { chunkHeads } from './chunk-heads.ts'
import type { SpanRange } from './span-range.ts'
import type { Head, Inner, SpanPlan, WalkedPage } from './span-plan.ts'
import { factsOf, timeOf } from './task-plan.ts'

/**
 * Agent sessions, then the activities of their channel slots. A change pass stops at activities that began before it: they were closed when the
 * pass before it read them.
 */
export function sessionPlan(client: WebexClient, range: SpanRange): SpanPlan {
  const { fromMs, toMs, sinceMs } = range
  // Sessions of a change pass may have begun more than 30 days apart, which is as far as one query for activities reaches.
  const slicesOf = (heads: readonly Head[]) =>
    chunkHeads(heads, { maxHeads: Number.POSITIVE_INFINITY, maxSpanMs: search.MAX_ACTIVITY_SPAN_MS })
  return {
    headKind: 'asr',
    bodyKind: 'aar',
    async heads(cursor) {
      return ofAsrs(
        sinceMs === null
          ? await search.asrPage(client, { fromMs, toMs, cursor })
          : await search.changedAsrPage(client, { fromMs, toMs, cursor, sinceMs }),
      )
    },
    countChunks: (heads) => (sinceMs === null ? 1 : slicesOf(heads).length),
    async bodies(heads, chunk, cursor) {
      if (sinceMs === null) return ofAars(await search.aarPage(client, { fromMs, toMs, cursor }))
      const slice = slicesOf(heads)[chunk]!
      return ofAars(await search.changedAarPage(client, { fromMs: slice.fromMs, toMs: slice.toMs, cursor, sinceMs }))
    },
    isUnfinished: ({ hasNextPage, endCursor, oldestMs }) =>
      hasNextPage && endCursor !== null && (sinceMs === null || oldestMs === null || oldestMs >= sinceMs),
    async rest(channelId, head, after) {
      return ofAars(
        await search.aarsOfChannel(client, { channelId, after, fromMs: head.timeMs - 1, toMs: head.timeMs + 1 }),
      )
    },
    reread(kind, body) {
      const answer = { body, json: JSON.parse(body.toString('utf8')) as unknown, trackingId: null }
      return kind === 'asr'
        ? ofAsrs(readPage(answer, 'agentSession', asr, null))
        : ofAars(readPage(answer, 'agentSession', aar, null))
    },
  }
}

function ofAsrs(page: SearchPage<AsrItem>): WalkedPage {
  const heads = page.records.map((session) => ({ id: session.agentSessionId, timeMs: session.startTime }))
  return { ...factsOf(page), heads, inners: [] }
}

function ofAars(page: SearchPage<AarItem>): WalkedPage {
  const inners = page.records.flatMap((session) =>
    (session.channelInfo ?? []).map(({ channelId, activities }): Inner => ({
      owner: channelId,
      headId: session.agentSessionId,
      hasNextPage: activities?.pageInfo.hasNextPage === true,
      endCursor: activities?.pageInfo.endCursor ?? null,
      oldestMs: timeOf(activities?.nodes.at(-1), 'startTime'),
    })),
  )
  return { ...factsOf(page), heads: [], inners }
}
