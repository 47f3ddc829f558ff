import { WINDOW_MS } from '@wxcc/contracts/window'
import type { CountedWindow } from '@wxcc/db/planning/spans'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutSpans } from './cut-spans.ts'

const limits = { maxRecords: 10, maxLengthMs: 8 * WINDOW_MS }

/** `4` a wanted window of four records, `.` proved empty, `_` held already (not listed). */
function windowsOf(picture: string): CountedWindow[] {
  return Array.from(picture).flatMap((mark, index) =>
    mark === '_'
      ? []
      : [
          {
            startMs: index * WINDOW_MS,
            expected: mark === '.' ? 0 : Number(mark),
            isWanted: mark !== '.',
            attempts: 0,
          },
        ],
  )
}

/** `0-2:7` = windows 0 and 1, seven records; `!` = full. */
function pictureOf(windows: readonly CountedWindow[]): string {
  return cutSpans(windows, limits)
    .map((s) => `${s.fromMs / WINDOW_MS}-${s.toMs / WINDOW_MS}:${s.expected}${s.isFull ? '!' : ''}`)
    .join(' ')
}

describe('cutSpans', () => {
  test.each([
    ['nothing', '', ''],
    ['neighbours are merged', '343', '0-3:10!'],
    ['the limit closes a span', '3434', '0-3:10! 3-4:4'],
    ['a window that would exceed it begins the next', '646', '0-2:10! 2-3:6'],
    ['one window may exceed the limit alone', '3931', '0-1:3! 1-2:9! 2-4:4'],
    ['empty windows are run across', '3...4', '0-5:7'],
    ['empty windows at the ends are left out', '..3..', '2-3:3'],
    ['a held window divides', '3_4', '0-1:3 2-3:4'],
    ['length is limited, gaps counted', '1......11', '0-8:2! 8-9:1'],
    ['a wanted window the vendor counts as empty is fetched', '0', '0-1:0'],
  ])('%s', (_name, windows, spans) => {
    expect(pictureOf(windowsOf(windows))).toBe(spans)
  })

  test('every wanted window lies in exactly one span, in order, within the limits', () => {
    const mark = fc.constantFrom('0', '1', '3', '9', '.', '_')
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 60 }), (marks) => {
        const windows = windowsOf(marks.join(''))
        const spans = cutSpans(windows, limits)
        const wanted = windows.filter((w) => w.isWanted)
        expect(spans.flatMap((s) => s.windowStartsMs)).toEqual(wanted.map((w) => w.startMs))
        for (const [index, span] of spans.entries()) {
          const inside = wanted.filter((w) => w.startMs >= span.fromMs && w.startMs < span.toMs)
          expect(inside.map((w) => w.startMs)).toEqual(span.windowStartsMs)
          expect(span.expected).toBe(inside.reduce((sum, w) => sum + w.expected, 0))
          expect(span.windowStartsMs.length === 1 || span.expected <= limits.maxRecords).toBe(true)
          expect(span.toMs - span.fromMs).toBeLessThanOrEqual(limits.maxLengthMs)
          expect(span.fromMs).toBeGreaterThanOrEqual(spans[index - 1]?.toMs ?? 0)
          // Only listed windows lie inside: nothing held is asked for again.
          const listed = windows.filter((w) => w.startMs >= span.fromMs && w.startMs < span.toMs).length
          expect(listed * WINDOW_MS).toBe(span.toMs - span.fromMs)
        }
      }),
    )
  })
})
