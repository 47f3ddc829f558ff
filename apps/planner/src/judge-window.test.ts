import type { WindowFigures } from '@wxcc/db/planning/count-stored'
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
  state: 'loaded',
  expectedDurationMs: null,
  expectedActivityMs: null,
  stored: 5,
  storedDurationMs: null,
  storedActivityMs: null,
  storedAtStart: 0,
  incomplete: 0,
  openRecords: 0,
  attempts: 0,
}

const agreeing: Partial<WindowFigures> = {
  expectedDurationMs: 900_000,
  storedDurationMs: 900_000,
  expectedActivityMs: NOW - 3 * HOUR,
  storedActivityMs: NOW - 3 * HOUR,
}
/** A record was changed and neither count nor `lastActivityTime` says so. */
const edited: Partial<WindowFigures> = { ...agreeing, expectedDurationMs: 900_001 }

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
    ['fewer, much later', { stored: 4, attempts: 40 }, 'short', 'rows_missing', 7 * 24 * HOUR],
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
    ['same content', agreeing, 'verified', null, null],
    ['another duration, first round', edited, 'planned', 'content_differs', 5_000],
    ['another duration, third round', { ...edited, attempts: 2 }, 'short', 'content_differs', HOUR],
    ['another duration than an older census', { ...edited, expectedAtMs: NOW - 3_000 }, 'wait', null, null],
    ['another duration while a task is open', { ...edited, openRecords: 1 }, 'verified', null, null],
    [
      'a later change than ours',
      { ...agreeing, expectedActivityMs: NOW - 2 * HOUR },
      'planned',
      'content_differs',
      5_000,
    ],
    ['a change of the last hour', { ...agreeing, expectedActivityMs: NOW - HOUR / 2 }, 'verified', null, null],
    ['ours changed within the last hour', { ...edited, storedActivityMs: NOW - HOUR / 2 }, 'verified', null, null],
    ['rows before content', { ...edited, stored: 4 }, 'planned', 'rows_missing', 5_000],
    [
      'another duration with one more of a day’s first millisecond',
      { ...edited, stored: 6, storedAtStart: 1, windowStartMs: 0 },
      'verified',
      null,
      null,
    ],
    ['incomplete activities, third round', { incomplete: 1, attempts: 2 }, 'short', 'activities_missing', HOUR],
  ])('%s', (_name, differing, to, finding, checkAfterMs) => {
    const move = judgeWindow({ ...matching, ...differing }, NOW)
    expect(move?.to ?? 'wait').toBe(to)
    expect(move?.finding ?? null).toBe(finding)
    expect(move?.nextCheckAtMs ?? null).toBe(checkAfterMs === null ? null : NOW + checkAfterMs)
  })
  test.each<[string, Partial<WindowFigures>, string | undefined, string | undefined]>([
    ['equal', {}, undefined, undefined],
    ['fewer', { stored: 4 }, 'planned', 'rows_missing'],
    ['more', { stored: 6 }, 'planned', 'rows_extra'],
    ['edited', edited, 'planned', 'content_differs'],
    ['edited while open', { ...edited, openRecords: 2 }, undefined, undefined],
  ])('%s at a later census of a proved window', (_name, differing, to, finding) => {
    for (const state of ['verified', 'sealed'] as const) {
      const move = judgeWindow({ ...matching, ...differing, state, attempts: 0 }, NOW)
      const { dataSourceId, stream, windowStartMs } = matching
      expect(move).toEqual(to && { dataSourceId, stream, windowStartMs, from: state, to, finding, nextCheckAtMs: null })
    }
  })
  test('a finding ends when a later census agrees, and waits for its next look when not', () => {
    for (const state of ['short', 'over'] as const) {
      expect(judgeWindow({ ...matching, state, attempts: 2 }, NOW)).toMatchObject({ from: state, to: 'verified' })
      expect(judgeWindow({ ...matching, state, stored: 4, attempts: 2 }, NOW)).toBeUndefined()
    }
  })
})
