import { SplitError } from '@wxcc/contracts/failures'
import { DAY_MS } from '@wxcc/contracts/window'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rangeOf } from './span-range.ts'

const NOW_MS = Date.UTC(2025, 5, 1)
const source = { loadFromMs: NOW_MS - 100 * DAY_MS, loadUntilMs: null }
const span = { fromMs: NOW_MS - DAY_MS, toMs: NOW_MS, reason: 'history', stream: 'task', createdAtMs: NOW_MS } as const

test('a span reaches a millisecond beyond both ends', () => {
  expect(rangeOf(span, source)).toEqual({ fromMs: span.fromMs - 1, toMs: span.toMs + 1, sinceMs: null })
})

const BOUNDS: readonly ((time: number, fromMs: number, toMs: number) => boolean)[] = [
  (time, fromMs, toMs) => time >= fromMs && time < toMs,
  (time, fromMs, toMs) => time >= fromMs && time <= toMs,
  (time, fromMs, toMs) => time > fromMs && time < toMs,
]

test('however a day is cut, each record is asked for by the span it lies in, whichever bounds belong to the vendor’s ranges', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: DAY_MS / 1_000 - 1 }), { maxLength: 40 })
  const elsewhere = fc.array(fc.integer({ min: 0, max: DAY_MS - 1 }), { maxLength: 10 })
  fc.assert(
    fc.property(cuts, elsewhere, fc.constantFrom(...BOUNDS), (seconds, others, belongs) => {
      const marks = [0, ...seconds.map((second) => second * 1_000), DAY_MS].toSorted((a, b) => a - b)
      const records = [...marks.flatMap((mark) => [mark - 1, mark, mark + 1]), ...others]
      for (const [at, fromMs] of marks.slice(0, -1).entries()) {
        const piece = { fromMs: span.fromMs + fromMs, toMs: span.fromMs + marks[at + 1]! }
        const asked = rangeOf({ ...span, ...piece }, source)
        const inside = records
          .map((time) => span.fromMs + time)
          .filter((time) => time >= piece.fromMs && time < piece.toMs)
        expect(inside.filter((time) => !belongs(time, asked.fromMs, asked.toMs))).toEqual([])
      }
    }),
  )
})

test('a span longer than activities may be read for is split', () => {
  expect(() => rangeOf({ ...span, fromMs: NOW_MS - 30 * DAY_MS }, source)).toThrow(SplitError)
})

test('a change pass looks back to the beginning of the ledger, and has no end but the source’s', () => {
  const change = { ...span, reason: 'change' } as const
  expect(rangeOf(change, source)).toEqual({ fromMs: source.loadFromMs, toMs: NOW_MS + DAY_MS, sinceMs: change.fromMs })
  expect(rangeOf(change, { ...source, loadUntilMs: NOW_MS }).toMs).toBe(NOW_MS)
})

test('a change pass ends a day ahead, however late the source does', () => {
  const change = { ...span, reason: 'change' } as const
  const late = { ...source, loadUntilMs: NOW_MS + 1_000 * DAY_MS }
  expect(rangeOf(change, late)).toEqual(rangeOf(change, source))
})

test('a pass over sessions finds those that began nearly a year ago and still run', () => {
  const change = { ...span, reason: 'change', stream: 'agent_session' } as const
  const { fromMs, toMs, sinceMs } = rangeOf(change, { loadFromMs: NOW_MS, loadUntilMs: null })
  expect([fromMs, sinceMs]).toEqual([NOW_MS - 363 * DAY_MS, change.fromMs])
  expect(toMs - fromMs).toBeLessThanOrEqual(365 * DAY_MS)
})

test('the first pass over sessions begins before the ledger, and is split where that is too long for one query', () => {
  const first = { ...span, fromMs: NOW_MS - 300 * DAY_MS, reason: 'change', stream: 'agent_session' } as const
  expect(rangeOf(first, source).fromMs).toBe(NOW_MS - 363 * DAY_MS)
  expect(rangeOf({ ...first, fromMs: NOW_MS - 336 * DAY_MS }, source).fromMs).toBe(NOW_MS - 364 * DAY_MS)
  expect(() => rangeOf({ ...first, fromMs: NOW_MS - 395 * DAY_MS }, source)).toThrow(SplitError)
})

test('nothing is asked of further back than the vendor keeps', () => {
  const fromMs = NOW_MS - 1_095 * DAY_MS
  const oldest = { ...span, fromMs, toMs: fromMs + 100 * DAY_MS, reason: 'change', stream: 'agent_session' } as const
  expect(rangeOf(oldest, source).fromMs).toBe(NOW_MS - 1_094 * DAY_MS)
})
