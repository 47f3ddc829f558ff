import { type Lane, STREAMS, type Stream } from '@wxcc/contracts/ledger'
import { PAGE_RECORDS, REQUESTS_PER_PAGE, extraRequestsPerSession, recordsPerSpan } from '@wxcc/contracts/span-size'
import { DAY_MS, WINDOW_MS } from '@wxcc/contracts/window'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import {
  type CountedWindow,
  countContacts,
  isCounting,
  listCountedWindows,
  planSpanFetches,
  verifyEmptyWindows,
} from '@wxcc/db/planning/spans'
import { type Span, cutSpans } from './cut-spans.ts'
import { endangeredUntil, streamsOf } from './load-range.ts'
import type { PlannedSource } from './planned-source.ts'

/** The vendor refuses longer ranges of one query. */
const MAX_LENGTH_MS = 30 * DAY_MS
/** A window closed this recently is live; what is older waits behind the live edge. */
export const LIVE_MS = 2 * 60 * 60_000
/** Keeps a tick short while a long history is cut: about 50 days; the next tick goes on. */
const WINDOWS_PER_TICK = 5_000

/** Sessions first: a contact that is mapped after the logins of its agents is not mapped anew because of them. */
const IN_ORDER: readonly Stream[] = STREAMS.toSorted(
  (a, b) => Number(b === 'agent_session') - Number(a === 'agent_session'),
)

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
  const streams = streamsOf(source)
  for (const stream of IN_ORDER.filter((one) => streams.includes(one))) {
    const endangered = takesHistory
      ? await listCountedWindows(tx, { ...asked, stream, untilMs: endangeredUntil(nowMs) })
      : []
    const windows = endangered.length > 0 ? endangered : await listCountedWindows(tx, { ...asked, stream })
    if (windows.length === 0) continue
    const extraPerSession = await extraOf(tx, dataSourceId, stream, windows)
    const limits = { maxRecords: recordsPerSpan(stream, spanPages, extraPerSession), maxLengthMs: MAX_LENGTH_MS }
    for (const lane of ['live', 'repair', 'history'] as const) {
      if (lane === 'history' && !takesHistory) continue
      const spans = cutSpans(onlyWanting(windows, lane, nowMs), limits)
      const mayGrow = lane === 'history' && (await isCounting(tx, dataSourceId, sizedBy(stream)))
      const ready = mayGrow ? spans.filter((span) => span.isFull) : spans
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
          estimatedRequests: estimateRequests(stream, span, extraPerSession),
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

/** Streams whose counts say how long a span of this one may be. */
function sizedBy(stream: Stream): readonly Stream[] {
  return stream === 'agent_session' ? ['agent_session', 'task'] : [stream]
}

/** Follow-ups for long tasks are rare enough to ignore; those for sessions are not. */
function estimateRequests(stream: Stream, span: Span, extraPerSession: number): number {
  const pages = Math.max(1, Math.ceil(span.expected / PAGE_RECORDS[stream]))
  const extra = stream === 'agent_session' ? Math.ceil(span.expected * extraPerSession) : 0
  return REQUESTS_PER_PAGE[stream] * pages + extra
}

/** What a session takes beyond its page, told by how many contacts were counted for each in these windows and the day before them. */
async function extraOf(
  tx: PlannerTransaction,
  dataSourceId: number,
  stream: Stream,
  windows: readonly CountedWindow[],
): Promise<number> {
  if (stream !== 'agent_session') return 0
  const range = { fromMs: windows[0]!.startMs - DAY_MS, toMs: windows.at(-1)!.startMs + WINDOW_MS }
  return extraRequestsPerSession(await countContacts(tx, dataSourceId, range))
}
