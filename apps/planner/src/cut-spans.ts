import { type Window, WINDOW_MS } from '@wxcc/contracts/window'
import type { CountedWindow } from '@wxcc/db/planning/spans'

/** One fetch to be: contiguous windows, begun and ended by wanted ones. */
export interface Span extends Window {
  readonly expected: number
  /** The wanted windows it covers, in order of time. */
  readonly windowStartsMs: readonly number[]
  /** Nothing that is still to be counted could be added to it. */
  readonly isFull: boolean
}

export interface SpanLimits {
  /** Expected records; a single window may exceed it, since a window is never cut here. */
  readonly maxRecords: number
  readonly maxLengthMs: number
}

/**
 * Merges neighbouring windows into spans, from the oldest on, so that the vendor is asked for full pages instead of one small page per quarter
 * hour. A span runs across proved-empty windows (they cost nothing) but never across a window that is held already or not known.
 * `windows` is ordered by time, without doubles.
 */
export function cutSpans(windows: readonly CountedWindow[], limits: SpanLimits): Span[] {
  const spans: Span[] = []
  let open: { startsMs: number[]; expected: number } | undefined
  let reachedMs: number | undefined

  const close = (isFull: boolean) => {
    if (open === undefined) return
    const windowStartsMs = open.startsMs
    spans.push({
      fromMs: windowStartsMs[0]!,
      toMs: windowStartsMs.at(-1)! + WINDOW_MS,
      expected: open.expected,
      windowStartsMs,
      isFull,
    })
    open = undefined
  }

  for (const window of windows) {
    if (window.startMs !== reachedMs) close(false)
    reachedMs = window.startMs + WINDOW_MS
    if (!window.isWanted) continue
    if (open !== undefined && !fits(open, window, limits)) close(true)
    open ??= { startsMs: [], expected: 0 }
    open.startsMs.push(window.startMs)
    open.expected += window.expected
    if (open.expected >= limits.maxRecords) close(true)
  }
  close(false)
  return spans
}

function fits(
  open: { readonly startsMs: readonly number[]; readonly expected: number },
  window: CountedWindow,
  limits: SpanLimits,
): boolean {
  return (
    open.expected + window.expected <= limits.maxRecords &&
    window.startMs + WINDOW_MS - open.startsMs[0]! <= limits.maxLengthMs
  )
}
