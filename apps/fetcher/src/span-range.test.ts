import { SplitError } from '@wxcc/contracts/failures'
import { DAY_MS } from '@wxcc/contracts/window'
import { expect, test } from 'vitest'
import { rangeOf } from './span-range.ts'

const NOW_MS = Date.UTC(2025, 5, 1)
const source = { loadFromMs: NOW_MS - 100 * DAY_MS, loadUntilMs: null }
const span = { fromMs: NOW_MS - DAY_MS, toMs: NOW_MS, reason: 'history', stream: 'task' } as const

test('a span reaches a millisecond beyond both ends', () => {
  expect(rangeOf(span, source)).toEqual({ fromMs: span.fromMs - 1, toMs: span.toMs + 1, sinceMs: null })
})

test('a span longer than activities may be read for is split', () => {
  expect(() => rangeOf({ ...span, fromMs: NOW_MS - 30 * DAY_MS }, source)).toThrow(SplitError)
})

test('a change pass looks back to the beginning of the ledger, and has no end but the source’s', () => {
  const change = { ...span, reason: 'change' } as const
  expect(rangeOf(change, source)).toEqual({ fromMs: source.loadFromMs, toMs: NOW_MS + DAY_MS, sinceMs: change.fromMs })
  expect(rangeOf(change, { ...source, loadUntilMs: NOW_MS }).toMs).toBe(NOW_MS)
})

test('sessions are looked for before the ledger’s beginning, within what activities allow', () => {
  const change = { ...span, reason: 'change', stream: 'agent_session' } as const
  const { fromMs, toMs } = rangeOf(change, { loadFromMs: NOW_MS, loadUntilMs: null })
  expect(fromMs).toBe(change.fromMs - 28 * DAY_MS)
  expect(toMs - fromMs).toBeLessThanOrEqual(30 * DAY_MS)
})
