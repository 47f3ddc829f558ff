import {
  FAILURES,
  type FailureCode,
  FatalError,
  ParkedError,
  RateLimitedError,
  RetryableError,
  SplitError,
} from '@wxcc/contracts/failures'

/** 8 attempts, 2 s doubling: seven waits of 2, 4 … 128 s, about 4 minutes in all. */
export const MAX_ATTEMPTS = 8
const FIRST_DELAY_MS = 2_000
const MAX_DELAY_MS = 5 * 60_000
/** A failure a day old is news for a person, however few attempts it took. */
export const MAX_AGE_MS = 24 * 60 * 60_000

/**
 * A span that times out this often is asked in halves: the vendor could not answer for the whole. Not sooner, since an outage looks alike; then
 * one span of the source is tried at a time, so that the pieces stay few.
 */
const TIMEOUTS_BEFORE_SPLIT = 4

export type Decision =
  | { readonly kind: 'wait'; readonly delayMs: number; readonly code: FailureCode; readonly spendsAttempt: boolean }
  | { readonly kind: 'park'; readonly code: FailureCode }
  | { readonly kind: 'bury'; readonly code: FailureCode }
  | { readonly kind: 'split' }

/** What the ledger row knows of earlier failures. `attempts` counts those already spent, this one not included. */
export interface FailureHistory {
  readonly attempts: number
  readonly firstFailedAtMs: number | null
  readonly nowMs: number
  /** Whether this kind of work may be asked in halves. */
  readonly canSplit?: boolean
}

/**
 * What becomes of a row whose job threw. Sorted by class and code, never by message. No jitter: the planner admits what comes due at the pace
 * of the budget, so rows that failed together do not return together.
 */
export function decideFailure(error: unknown, history: FailureHistory): Decision {
  if (error instanceof SplitError) return { kind: 'split' }
  if (error instanceof FatalError) return { kind: 'bury', code: error.code }
  if (error instanceof ParkedError) return { kind: 'park', code: error.code }
  if (error instanceof RateLimitedError)
    return { kind: 'wait', delayMs: error.retryAfterMs, code: error.code, spendsAttempt: false }

  const code = failureCodeOf(error)
  const isSpent = history.attempts + 1 >= MAX_ATTEMPTS
  const isOld = history.firstFailedAtMs !== null && history.nowMs - history.firstFailedAtMs >= MAX_AGE_MS
  if (isSpent || isOld) return { kind: 'bury', code }
  if (history.canSplit === true && code === 'vendor_timeout' && history.attempts + 1 >= TIMEOUTS_BEFORE_SPLIT)
    return { kind: 'split' }

  const backoffMs = Math.min(FIRST_DELAY_MS * 2 ** history.attempts, MAX_DELAY_MS)
  const askedMs = error instanceof RetryableError ? (error.delayMs ?? 0) : 0
  return { kind: 'wait', delayMs: Math.max(backoffMs, askedMs), code, spendsAttempt: true }
}

/** Our own failures carry their code; what carries a SQLSTATE came from Postgres; the rest is unexpected. */
export function failureCodeOf(error: unknown): FailureCode {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  if (typeof code !== 'string') return 'unexpected'
  if (Object.hasOwn(FAILURES, code)) return code as FailureCode
  return /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code) ? 'database_unavailable' : 'unexpected'
}
