import type { Lane, Stream } from '@wxcc/contracts/ledger'
import { DAY_MS, WINDOW_MS } from '@wxcc/contracts/window'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import {
  type CountedWindow,
  isCounting,
  listCountedWindows,
  planSpanFetches,
  verifyEmptyWindows,
} from '@wxcc/db/planning/spans'
import { type Span, cutSpans } from './cut-spans.ts'
import { endangeredUntil, streamsOf } from './load-range.ts'
import type { PlannedSource } from './planned-source.ts'

/** Rows of a full page of Search. */
const PAGE_RECORDS = 250
const LEG_PAGE_RECORDS = 500
/** The vendor refuses longer ranges of one query. */
const MAX_LENGTH_MS = 30 * DAY_MS
/** A window closed this recently is live; what is older waits behind the live edge. */
const LIVE_MS = 2 * 60 * 60_000
/** Keeps a tick short while a long history is cut: about 50 days; the next tick goes on. */
const WINDOWS_PER_TICK = 5_000

/** Sessions bring up to hundreds of activities each, so fewer pages of them fill a fetch; but never less than a full one. */
const SESSION_PAGES_SHARE = 0.25
/** Channel slots with more than a hundred activities, each a request of its own: an agent's busy day has one now and then. */
const EXTRA_REQUESTS_PER_SESSION = 0.1

type SpanLane = Extract<Lane, 'live' | 'repair' | 'history'>

/**
 * Turns counted windows into fetches: empty ones are proved at once, the rest is merged into spans, the newest planned first, but before all what
 * leaves the vendor's retention next. A historic span that is not full waits while days beside it are still being counted. Only the live and the
 * repaired ones when it is another source's turn. Returns how many fetches were planned.
 */
export async function planSpans(
  tx: PlannerTransaction,
  { source, nowMs, isHistoryTurn }: PlannedSource,
  spanPages: number,
): Promise<number> {
  const { dataSourceId } = source
  await verifyEmptyWindows(tx, dataSourceId, nowMs)
  let planned = 0
  const takesHistory = isHistoryTurn && !source.isHistoryPaused
  const asked = {
    dataSourceId,
    nowMs,
    limit: WINDOWS_PER_TICK,
    ...(takesHistory ? {} : { liveSinceMs: nowMs - LIVE_MS - WINDOW_MS }),
  }
  for (const stream of streamsOf(source)) {
    const endangered = takesHistory
      ? await listCountedWindows(tx, { ...asked, stream, untilMs: endangeredUntil(nowMs) })
      : []
    const windows = endangered.length > 0 ? endangered : await listCountedWindows(tx, { ...asked, stream })
    if (windows.length === 0) continue
    const limits = { maxRecords: maxRecords(stream, spanPages), maxLengthMs: MAX_LENGTH_MS }
    for (const lane of ['live', 'repair', 'history'] as const) {
      if (lane === 'history' && !takesHistory) continue
      const spans = cutSpans(onlyWanting(windows, lane, nowMs), limits)
      const ready =
        lane === 'history' && (await isCounting(tx, dataSourceId, stream)) ? spans.filter((span) => span.isFull) : spans
      await planSpanFetches(
        tx,
        ready.toReversed().map((span) => ({
          dataSourceId,
          kind: 'span',
          stream,
          range: span,
          windowStartsMs: span.windowStartsMs,
          reason: lane,
          lane,
          estimatedRequests: estimateRequests(stream, span),
          nowMs,
        })),
      )
      planned += ready.length
    }
  }
  return planned
}

/** Windows of other lanes are taken out, so that they divide spans; the proved-empty ones stay. */
function onlyWanting(windows: readonly CountedWindow[], lane: SpanLane, nowMs: number): CountedWindow[] {
  return windows.filter((window) => !window.isWanted || laneOf(window, nowMs) === lane)
}

function laneOf(window: CountedWindow, nowMs: number): SpanLane {
  if (window.attempts > 0) return 'repair'
  return nowMs - (window.startMs + WINDOW_MS) <= LIVE_MS ? 'live' : 'history'
}

function maxRecords(stream: Stream, spanPages: number): number {
  if (stream === 'task_leg') return spanPages * LEG_PAGE_RECORDS
  const pages = stream === 'agent_session' ? Math.max(1, Math.floor(spanPages * SESSION_PAGES_SHARE)) : spanPages
  return pages * PAGE_RECORDS
}

/** Each page of tasks or sessions is followed by one of activities; follow-ups for long tasks are rare enough to ignore. Legs have none. */
function estimateRequests(stream: Stream, span: Span): number {
  if (stream === 'task_leg') return Math.max(1, Math.ceil(span.expected / LEG_PAGE_RECORDS))
  const extra = stream === 'agent_session' ? Math.ceil(span.expected * EXTRA_REQUESTS_PER_SESSION) : 0
  return 2 * Math.max(1, Math.ceil(span.expected / PAGE_RECORDS)) + extra
}
