import type { WebexClient } from '@wxcc/webex/client'
import * as search from '@wxcc/webex/search'
import { type AarItem, type AsrItem, type SearchPage, aar, asr, readPage } from '@wxcc/webex/search-page'
import type { SpanRange } from './span-range.ts'
import type { Inner, SpanPlan, WalkedPage } from './span-plan.ts'
import { factsOf } from './task-plan.ts'

/**
 * Agent sessions, then the activities of their channel slots. A change pass stops at activities that began before it: they were closed when the
 * pass before it read them.
 */
export function sessionPlan(client: WebexClient, range: SpanRange): SpanPlan {
  const { fromMs, toMs, sinceMs } = range
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
    countChunks: () => 1,
    async bodies(_heads, _chunk, cursor) {
      return ofAars(
        sinceMs === null
          ? await search.aarPage(client, { fromMs, toMs, cursor })
          : await search.changedAarPage(client, { fromMs, toMs, cursor, sinceMs }),
      )
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
      oldestMs: activities?.nodes.at(-1)?.startTime ?? null,
    })),
  )
  return { ...factsOf(page), heads: [], inners }
}
