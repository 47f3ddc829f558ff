import type { WindowState } from '@wxcc/contracts/ledger'
import type { StandingWindow } from '@wxcc/db/repair'
import { expect, test } from 'vitest'
import { verdictOf } from './verify-windows.ts'

function standing(state: WindowState, fetchId: number | null, finding: string | null = null): StandingWindow {
  return {
    dataSourceKey: 'north',
    stream: 'task',
    windowStart: new Date(0),
    state,
    expected: 1,
    stored: 1,
    incomplete: 0,
    finding,
    nextCheckAt: null,
    fetchId,
    trackingIds: [],
  }
}

test.each([
  ['proved and left alone', standing('sealed', 1), standing('sealed', 1), 'equal'],
  ['proved without a fetch, since it is empty', standing('verified', null), standing('verified', null), 'equal'],
  [
    'proved, and proved again by another fetch before we looked',
    standing('sealed', 1),
    standing('verified', 2),
    'differs',
  ],
  ['read for the first time meanwhile', standing('planned', null), standing('verified', 2), 'equal'],
  ['planned again with a finding', standing('verified', 1), standing('planned', null, 'rows_missing'), 'differs'],
  ['being read again', standing('verified', 1), standing('loaded', 2, 'rows_missing'), 'differs'],
  ['still short', standing('short', 1, 'rows_missing'), standing('short', 1, 'rows_missing'), 'differs'],
  ['still over', standing('over', 1, 'rows_extra'), standing('over', 1, 'rows_extra'), 'differs'],
  ['never read', standing('planned', null), standing('planned', null), 'unread'],
  ['its fetch failed', standing('planned', null), standing('failed', 2, 'vendor_malformed'), 'unread'],
  ['emptied by retention', standing('sealed', 1), standing('expired', 1), 'expired'],
  ['opened since', undefined, standing('planned', null), 'unread'],
] as const)('%s', (_name, before, after, verdict) => {
  expect(verdictOf(after, before)).toBe(verdict)
})
