import { expect, test } from 'vitest'
import { retryAfterMs } from './failures.ts'

test.each([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0' }, 1_000],
  [{ 'retry-after': '999999' }, 3_600_000],
  [{ 'retry-after': 'Mon, 10 Feb 2025 00:01:30 GMT', date: 'Mon, 10 Feb 2025 00:00:00 GMT' }, 90_000],
  [{ 'retry-after': 'soon' }, 60_000],
  [{}, 60_000],
])('Retry-After of %j waits %i ms', (headers, waitMs) => {
  expect(retryAfterMs(headers)).toBe(waitMs)
})
