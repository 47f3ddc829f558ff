import { FatalError, ParkedError, RateLimitedError, RetryableError, SplitError } from '@wxcc/contracts/failures'
import { describe, expect, test } from 'vitest'
import { type Decision, MAX_AGE_MS, MAX_ATTEMPTS, decideFailure } from './decide-failure.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const sqlState = (code: string) => Object.assign(new Error('a message that must not matter'), { code })
const wait = (delayMs: number, code: string, spendsAttempt = true) =>
  ({ kind: 'wait', delayMs, code, spendsAttempt }) as Decision
const bury = (code: string) => ({ kind: 'bury', code }) as Decision

describe('decideFailure', () => {
  test.each<[string, unknown, number, number | null, Decision]>([
    ['the first failure waits 2 s', new RetryableError('vendor_timeout'), 0, null, wait(2_000, 'vendor_timeout')],
    ['then 4 s', new RetryableError('vendor_timeout'), 1, NOW, wait(4_000, 'vendor_timeout')],
    ['the seventh 128 s', new RetryableError('vendor_timeout'), 6, NOW, wait(128_000, 'vendor_timeout')],
    ['the eighth is the last', new RetryableError('vendor_timeout'), MAX_ATTEMPTS - 1, NOW, bury('vendor_timeout')],
    ['a day is too old', new RetryableError('vendor_unavailable'), 1, NOW - MAX_AGE_MS, bury('vendor_unavailable')],
    [
      'just under a day is not',
      new RetryableError('vendor_unavailable'),
      1,
      NOW - MAX_AGE_MS + 1,
      wait(4_000, 'vendor_unavailable'),
    ],
    [
      'its own delay if longer',
      new RetryableError('capture_listing_empty', { delayMs: 600_000 }),
      0,
      null,
      wait(600_000, 'capture_listing_empty'),
    ],
    [
      'backoff if longer',
      new RetryableError('capture_refused', { delayMs: 1 }),
      2,
      NOW,
      wait(8_000, 'capture_refused'),
    ],
    [
      'a closed budget spends nothing',
      new RateLimitedError('budget_empty', 900),
      7,
      NOW - MAX_AGE_MS,
      wait(900, 'budget_empty', false),
    ],
    [
      'nor does a 429',
      new RateLimitedError('vendor_throttled', 60_000),
      0,
      null,
      wait(60_000, 'vendor_throttled', false),
    ],
    [
      'a lost consent parks, however often',
      new ParkedError('consent_needed'),
      7,
      NOW - MAX_AGE_MS,
      { kind: 'park', code: 'consent_needed' },
    ],
    ['fatal is buried at once', new FatalError('vendor_bad_request'), 0, null, bury('vendor_bad_request')],
    ['too large is split', new SplitError(), 7, NOW - MAX_AGE_MS, { kind: 'split' }],
    ['Postgres is known by SQLSTATE', sqlState('57P01'), 0, null, wait(2_000, 'database_unavailable')],
    ['a system code is not a SQLSTATE', sqlState('EPIPE'), 0, null, wait(2_000, 'unexpected')],
    ['an unknown error may pass', new Error('?'), 0, null, wait(2_000, 'unexpected')],
    ['so may a thrown text', 'no', 0, null, wait(2_000, 'unexpected')],
    ['an unknown error ends too', new Error('?'), 7, NOW, bury('unexpected')],
  ])('%s', (_, error, attempts, firstFailedAtMs, expected) => {
    expect(decideFailure(error, { attempts, firstFailedAtMs, nowMs: NOW })).toEqual(expected)
  })
})
