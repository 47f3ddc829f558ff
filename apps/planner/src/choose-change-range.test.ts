import { WINDOW_MS } from '@wxcc/contracts/window'
import { describe, expect, test } from 'vitest'
import { type ChangeState, OVERLAP_MS, chooseChangeRange } from './choose-change-range.ts'

const B = 1_000 * WINDOW_MS
const base: ChangeState = {
  stream: 'agent_session',
  loadFromMs: B - 96 * WINDOW_MS,
  boundaryMs: B,
  watermarkMs: undefined,
  lastPass: undefined,
  firstReadAtMs: undefined,
}

const YEAR = 365 * 96 * WINDOW_MS
const long = { loadFromMs: B - YEAR, firstReadAtMs: B - 5_000 }

describe('chooseChangeRange', () => {
  test('a year of sessions: first those that were there when it begins, and then what changed since they were read', () => {
    const first = chooseChangeRange({ ...base, ...long })
    expect(first).toEqual({ fromMs: B - YEAR - OVERLAP_MS, toMs: B - YEAR })
    const mapped = { watermarkMs: B - YEAR, lastPass: { state: 'mapped', untilMs: B - YEAR } } as const
    expect(chooseChangeRange({ ...base, ...long, ...mapped })).toEqual({ fromMs: B - 5_000 - OVERLAP_MS, toMs: B })
  })

  test.each<[string, Partial<ChangeState>, number | undefined]>([
    ['first over sessions: from load_from', {}, B - 96 * WINDOW_MS],
    [
      'a year of sessions, and those that were there are not to be had: the others',
      { ...long, lastPass: { state: 'failed', untilMs: B - YEAR } },
      B - 5_000,
    ],
    ['a year of sessions, later: from the watermark', { ...long, watermarkMs: B - WINDOW_MS }, B - WINDOW_MS],
    ['first over tasks: from the first reading', { stream: 'task', firstReadAtMs: B - 5_000 }, B - 5_000],
    ['first over tasks: read after a frozen end', { stream: 'task', firstReadAtMs: B + 5_000 }, B],
    ['first over tasks: nothing was read', { stream: 'task' }, B],
    ['first over tasks: not before load_from', { stream: 'task', firstReadAtMs: 0 }, B - 96 * WINDOW_MS],
    ['later: from the watermark', { watermarkMs: B - WINDOW_MS }, B - WINDOW_MS],
    ['after missed boundaries: still from the watermark', { watermarkMs: B - 5 * WINDOW_MS }, B - 5 * WINDOW_MS],
    ['nothing new', { watermarkMs: B }, undefined],
    ['nothing new past a moved end', { watermarkMs: B + WINDOW_MS }, undefined],
    ['nothing to load yet', { boundaryMs: B - 96 * WINDOW_MS }, undefined],
    ['one at a time', { watermarkMs: 0, lastPass: { state: 'open', untilMs: B - WINDOW_MS } }, undefined],
    ['a failed boundary is not repeated', { watermarkMs: 0, lastPass: { state: 'failed', untilMs: B } }, undefined],
    [
      'the boundary after it covers both',
      { watermarkMs: B - 2 * WINDOW_MS, lastPass: { state: 'failed', untilMs: B - WINDOW_MS } },
      B - 2 * WINDOW_MS,
    ],
  ])('%s', (_name, differing, start) => {
    expect(chooseChangeRange({ ...base, ...differing })).toEqual(
      start === undefined ? undefined : { fromMs: start - OVERLAP_MS, toMs: B },
    )
  })
})
