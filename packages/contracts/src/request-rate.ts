/** What is known of a client id's request limit. Times are the clock's, epoch ms. */
export interface RequestRate {
  /** What the vendor grants: 300 per minute and client id (webex-cc-api §6). */
  readonly limitPerMinute: number
  /** Part of it that is ours, 0–1; the rest is left to other programs of the customer. */
  readonly share: number
  /** What was allowed right after the last 429; null when there was none. */
  readonly learnedPerMinute: number | null
  readonly throttledAtMs: number | null
  /** The vendor's last Retry-After; nobody asks before. */
  readonly closedUntilMs: number | null
}

/** One 429 takes a fifth of the rate; it comes back in ten quiet minutes. */
const STEP_DOWN = 0.8
const BACK_PER_MINUTE = 0.02
/** However often the vendor refuses: it must be asked now and then to learn that it answers again. */
const LEAST_SHARE = 0.1
/** Many processes meet the same refusal: they are one lesson. */
const ONE_LESSON_MS = 60_000

/** Requests per minute that may be spent at this moment. */
export function allowedPerMinute(rate: RequestRate, nowMs: number): number {
  const ours = rate.limitPerMinute * rate.share
  if (rate.learnedPerMinute === null || rate.throttledAtMs === null) return ours
  const minutes = Math.max(0, nowMs - rate.throttledAtMs) / 60_000
  return Math.min(ours, rate.learnedPerMinute + minutes * BACK_PER_MINUTE * ours)
}

/** Of what the vendor allows, so that a clock or a counter of theirs that differs a little never answers 429. */
const SAFE_SHARE = 0.95
const BURST_SHARE = 0.05

/** What is allowed in a minute, as a rate that can be kept up and what may be sent at once after a pause: 270 and 15 for 300. */
export function paceOf(allowed: number): { readonly steadyPerMinute: number; readonly burst: number } {
  const burst = Math.max(1, Math.floor(allowed * BURST_SHARE))
  return { steadyPerMinute: Math.max(2, Math.floor(allowed * SAFE_SHARE)) - burst, burst }
}

/** The rate after a 429, closed until the vendor's Retry-After. */
export function learnFromThrottle(
  rate: RequestRate,
  at: { readonly nowMs: number; readonly closedUntilMs: number },
): RequestRate {
  const closedUntilMs = Math.max(at.closedUntilMs, rate.closedUntilMs ?? 0)
  const isKnown = rate.throttledAtMs !== null && at.nowMs - rate.throttledAtMs < ONE_LESSON_MS
  if (isKnown) return { ...rate, closedUntilMs }
  const least = rate.limitPerMinute * rate.share * LEAST_SHARE
  const learnedPerMinute = Math.max(least, allowedPerMinute(rate, at.nowMs) * STEP_DOWN)
  return { ...rate, learnedPerMinute, throttledAtMs: at.nowMs, closedUntilMs }
}
