import { DAY_MS } from './intervals.ts'
import { QueryRefused } from './refusal.ts'

export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}

export interface WindowRules {
  readonly nowMs: number
  /** Raw queries that select activities see a month at most. */
  readonly readsActivities: boolean
  /** The vendor documents both. */
  readonly spanLimit: '365-days' | '13-months'
}

/** Below this a number is taken for seconds: as milliseconds it would be early 1973. The vendor answers such queries with an empty list. */
const SECONDS_BELOW = 100_000_000_000
const MAX_SPAN_DAYS = 365
const MAX_SPAN_MONTHS = 13
const MAX_ACTIVITY_SPAN_DAYS = 30
const MAX_AGE_MONTHS = 36

function monthsBefore(epochMs: number, months: number): number {
  const date = new Date(epochMs)
  return date.setUTCMonth(date.getUTCMonth() - months)
}

/**
 * Checks `from` and `to` as the vendor documents it (webex-cc-api §3.4): age at most 36 months, span at most 365 days (or 13 months), at most 30
 * days where activities are read raw; a future `to` means now.
 */
export function checkWindow(window: TimeWindow, { nowMs, readsActivities, spanLimit }: WindowRules): TimeWindow {
  const { fromMs } = window
  const toMs = Math.min(window.toMs, nowMs)
  if (fromMs < SECONDS_BELOW) return { fromMs, toMs: Math.min(toMs, SECONDS_BELOW) }
  if (fromMs < monthsBefore(nowMs, MAX_AGE_MONTHS)) throw new QueryRefused('from is older than 36 months')
  if (spanLimit === '365-days' && toMs - fromMs > MAX_SPAN_DAYS * DAY_MS) {
    throw new QueryRefused('to - from exceeds 365 days')
  }
  if (spanLimit === '13-months' && fromMs < monthsBefore(toMs, MAX_SPAN_MONTHS)) {
    throw new QueryRefused('to - from exceeds 13 months')
  }
  if (readsActivities && toMs - fromMs > MAX_ACTIVITY_SPAN_DAYS * DAY_MS) {
    throw new QueryRefused('to - from exceeds 30 days for a query that selects activities')
  }
  return { fromMs, toMs }
}
