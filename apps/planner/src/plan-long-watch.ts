import { DAY_MS } from '@wxcc/contracts/window'
import { newFetch } from '@wxcc/db/fetch-claim'
import { countStoredDays } from '@wxcc/db/planning/count-stored'
import {
  type DayFigures,
  type WatchedDay,
  findSealedRange,
  judgeDays,
  listUnjudgedDays,
  toDayFigures,
} from '@wxcc/db/planning/long-watch'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { findWatermark, raiseWatermark } from '@wxcc/db/planning/watermark'
import { compareContent } from './compare-content.ts'
import { streamsOf } from './load-range.ts'
import type { PlannedSource } from './planned-source.ts'

const WATCH_EVERY_MS = DAY_MS
/** 13 months: what a new source loads by default. */
const WATCHED_MS = 396 * DAY_MS
/** The vendor's longest range (webex-cc-api §3.11). */
const SLICE_MS = 365 * DAY_MS

/**
 * The long watch: once a day the vendor counts the sealed days of the last 13 months anew, per day, which is two requests a stream. A day that moved
 * gets a census, which its windows are judged by. Begins a day after something was sealed. Returns how many requests were planned.
 */
export async function planLongWatch(tx: PlannerTransaction, planned: PlannedSource): Promise<number> {
  const { source, nowMs } = planned
  await judgeWatchedDays(tx, source.dataSourceId, nowMs)
  let fetches = 0
  for (const stream of streamsOf(source)) {
    const watch = { dataSourceId: source.dataSourceId, pass: `${stream}_watch` as const }
    const lastMs = await findWatermark(tx, watch.dataSourceId, watch.pass)
    if (lastMs !== undefined && nowMs - lastMs < WATCH_EVERY_MS) continue
    const sealed = await findSealedRange(tx, { ...watch, stream, fromMs: nowMs - WATCHED_MS })
    if (sealed === undefined) continue
    await raiseWatermark(tx, { ...watch, completeUntilMs: nowMs, nowMs })
    if (lastMs === undefined) continue
    for (const range of slices(sealed)) {
      await newFetch(tx, {
        dataSourceId: watch.dataSourceId,
        kind: 'census',
        stream,
        range,
        reason: 'repair',
        lane: 'repair',
        estimatedRequests: 1,
        nowMs,
      })
      fetches += 1
    }
  }
  return fetches
}

/** Each longer than a day, which is what makes a census count days; whole days but for the ends. */
export function slices(range: {
  readonly fromMs: number
  readonly toMs: number
}): { readonly fromMs: number; readonly toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = []
  for (let { fromMs } = range; fromMs < range.toMs;) {
    const limitMs = Math.floor((fromMs + SLICE_MS) / DAY_MS) * DAY_MS
    const toMs = Math.max(Math.min(range.toMs, limitMs), fromMs + DAY_MS + 1)
    found.push({ fromMs, toMs })
    fromMs = toMs
  }
  return found
}

async function judgeWatchedDays(tx: PlannerTransaction, dataSourceId: number, nowMs: number): Promise<void> {
  const days = await listUnjudgedDays(tx, dataSourceId)
  if (days.length === 0) return
  const suspects = days.filter((day) => !day.isInHand && !isSame(day, { ...day.proved, openRecords: 0 }, nowMs))
  // A change pass may have brought the news already; then the day is as good as it was.
  const stored = await countStoredDays(tx, suspects)
  const moved = new Set(
    suspects.filter(
      (day, at) => !isSame(day, { ...toDayFigures(stored[at]!), openRecords: stored[at]!.openRecords }, nowMs),
    ),
  )
  await judgeDays(
    tx,
    dataSourceId,
    days.map((day) => ({ stream: day.stream, dayStartMs: day.dayStartMs, isMoved: moved.has(day) })),
  )
}

function isSame({ counted }: WatchedDay, ours: DayFigures & { readonly openRecords: number }, nowMs: number): boolean {
  return counted.records === ours.records && compareContent({ ...counted, atMs: nowMs }, ours) !== 'different'
}
