import type { WindowFigures } from '@wxcc/db/planning/settle'
import { describe, expect, test } from 'vitest'
import { judgeWindow } from './judge-window.ts'

const NOW = 1_000_000_000
const HOUR = 3_600_000
/** A quarter hour that does not begin a day. */
const LATER = 900_000
const matching: WindowFigures = {
  dataSourceId: 1,
  stream: 'task',
  windowStartMs: LATER,
  expected: 5,
  expectedAtMs: NOW - 1_000,
  loadedAtMs: NOW - 2_000,
  stored: 5,
  storedAtStart: 0,
  incomplete: 0,
  openRecords: 0,
  attempts: 0,
}

describe('judgeWindow', () => {
  test.each<[string, Partial<WindowFigures>, string, string | null, number | null]>([
    ['equal and complete', {}, 'verified', null, null],
    ['equal to an older census', { expectedAtMs: NOW - 3_000 }, 'verified', null, null],
    ['open records do not hinder', { openRecords: 2 }, 'verified', null, null],
    ['empty', { expected: 0, stored: 0 }, 'verified', null, null],
    ['never counted', { expected: null, expectedAtMs: null }, 'wait', null, null],
    ['fewer than an older census', { stored: 4, expectedAtMs: NOW - 3_000 }, 'wait', null, null],
    ['more than an older census', { stored: 6, expectedAtMs: NOW - 3_000 }, 'wait', null, null],
    [
      'census of the very moment it was read',
      { stored: 4, expectedAtMs: NOW - 2_000 },
      'planned',
      'rows_missing',
      5_000,
    ],
    ['fewer, first round', { stored: 4 }, 'planned', 'rows_missing', 5_000],
    ['fewer, second round', { stored: 4, attempts: 1 }, 'planned', 'rows_missing', 10_000],
    ['fewer, third round', { stored: 4, attempts: 2 }, 'short', 'rows_missing', HOUR],
    ['fewer, later look', { stored: 4, attempts: 4 }, 'short', 'rows_missing', 4 * HOUR],
    ['fewer, much later', { stored: 4, attempts: 40 }, 'short', 'rows_missing', 24 * HOUR],
    ['more', { stored: 6 }, 'planned', 'rows_extra', 5_000],
    ['more, third round', { stored: 6, attempts: 2 }, 'over', 'rows_extra', HOUR],
    [
      'one more, of a day’s first millisecond',
      { stored: 6, storedAtStart: 1, windowStartMs: 0 },
      'verified',
      null,
      null,
    ],
    ['two more, one of them so', { stored: 7, storedAtStart: 1, windowStartMs: 0 }, 'planned', 'rows_extra', 5_000],
    ['fewer, one of them so', { stored: 4, storedAtStart: 1, windowStartMs: 0 }, 'planned', 'rows_missing', 5_000],
    ['one more, of another first millisecond', { stored: 6, storedAtStart: 1 }, 'planned', 'rows_extra', 5_000],
    ['incomplete activities', { incomplete: 1 }, 'planned', 'activities_missing', 5_000],
    ['incomplete activities, third round', { incomplete: 1, attempts: 2 }, 'short', 'activities_missing', HOUR],
  ])('%s', (_name, differing, to, finding, checkAfterMs) => {
    const move = judgeWindow({ ...matching, ...differing }, NOW)
    expect(move?.to ?? 'wait').toBe(to)
    expect(move?.finding ?? null).toBe(finding)
    expect(move?.nextCheckAtMs ?? null).toBe(checkAfterMs === null ? null : NOW + checkAfterMs)
  })
})
