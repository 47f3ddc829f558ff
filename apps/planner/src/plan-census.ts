import { DAY_MS } from '@wxcc/contracts/window'
import { type NewFetch, newFetches } from '@wxcc/db/fetch-claim'
import { listUncountedDays } from '@wxcc/db/planning/census'
import { SECOND_MS } from '@wxcc/db/planning/checks'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { endangeredUntil, streamsOf } from './load-range.ts'
import type { PlannedSource } from './planned-source.ts'
import { LIVE_MS } from './plan-spans.ts'

/** A failed census has a dead letter; the day is asked again after this, lest one bad day costs a request every second. */
const RETRY_MS = 15 * 60_000
/** A check waits this long for others of its day. Today there is always one to come, so the running census answers them. */
const BATCH_MS = 60 * 60_000

/**
 * One count request per UTC day and stream with windows that need it. It asks for the whole day as far as the ledger holds windows of it:
 * that costs no more than one window, and a quarter hour that has not settled is not counted early. Windows that were proved before are judged by it too.
 */
export async function planCensus(tx: PlannerTransaction, { source, nowMs }: PlannedSource): Promise<number> {
  const uncounted = await listUncountedDays(tx, {
    dataSourceId: source.dataSourceId,
    nowMs,
    retryAfterMs: RETRY_MS,
    batchMs: BATCH_MS,
    lastCheckMs: SECOND_MS + source.settleMs,
  })
  // Windows of a stream that was turned off stay as they are.
  const days = endangeredFirst(
    uncounted.filter(({ stream }) => streamsOf(source).includes(stream)),
    nowMs,
  )
  const censuses = days.map(({ stream, dayMs, countedUntilMs, isCheck }): NewFetch => {
    const isRecent = dayMs + DAY_MS + LIVE_MS > nowMs
    const lane = isRecent ? 'live' : isCheck ? 'repair' : 'history'
    return {
      dataSourceId: source.dataSourceId,
      kind: 'census',
      stream,
      range: { fromMs: dayMs, toMs: countedUntilMs },
      reason: lane,
      lane,
      estimatedRequests: 1,
      nowMs,
    }
  })
  const wanted = censuses.filter(({ lane }) => lane !== 'history' || !source.isHistoryPaused)
  await newFetches(tx, wanted)
  return wanted.length
}

/** What leaves the vendor's retention next is counted first, so that it can be read first; all else as it comes, the newest first. */
function endangeredFirst<Day extends { readonly dayMs: number }>(days: readonly Day[], nowMs: number): Day[] {
  const untilMs = endangeredUntil(nowMs)
  return days.toSorted((a, b) => Number(b.dayMs < untilMs) - Number(a.dayMs < untilMs))
}
