import { DAY_MS } from '@wxcc/contracts/window'
import type { WindowFigures, WindowMove } from '@wxcc/db/planning/settle'

/** Waits before a window that does not match its count is fetched again: three rounds in all, the last within half a minute of the first. */
const ROUND_DELAYS_MS = [5_000, 10_000] as const
/** A finding is looked at again after an hour, then after twice as long each time. */
const FIRST_RECHECK_MS = 60 * 60_000
const LONGEST_RECHECK_MS = 24 * 60 * 60_000

/** `rows_missing`: fewer stored than counted. `rows_extra`: more. `activities_missing`: a record has fewer activities than its `totalCount`. */
export type Finding = 'rows_missing' | 'rows_extra' | 'activities_missing'

/**
 * What becomes of a loaded window, given what the vendor counts and what is stored; undefined = wait for a (newer) census.
 *
 * Equal is equal, whenever it was counted. A difference is declared only against a census taken after the window was read: records that came
 * in between would otherwise be called extra, or missing. Then the window is read again a few times, and at last the finding stays.
 */
export function judgeWindow(figures: WindowFigures, nowMs: number): WindowMove | undefined {
  const { dataSourceId, stream, windowStartMs, expected, expectedAtMs, stored, attempts } = figures
  if (expected === null || expectedAtMs === null) return undefined
  const window = { dataSourceId, stream, windowStartMs, from: 'loaded' } as const
  const finding = findingOf(figures, expected)
  if (finding === undefined) return { ...window, to: 'verified', finding: null, nextCheckAtMs: null }
  if (expectedAtMs < figures.loadedAtMs) return undefined

  const delayMs = ROUND_DELAYS_MS[attempts]
  if (delayMs !== undefined) return { ...window, to: 'planned', finding, nextCheckAtMs: nowMs + delayMs }
  const recheckMs = Math.min(FIRST_RECHECK_MS * 2 ** (attempts - ROUND_DELAYS_MS.length), LONGEST_RECHECK_MS)
  return { ...window, to: stored > expected ? 'over' : 'short', finding, nextCheckAtMs: nowMs + recheckMs }
}

function findingOf(figures: WindowFigures, expected: number): Finding | undefined {
  if (figures.stored < expected) return 'rows_missing'
  if (figures.stored - uncountable(figures) > expected) return 'rows_extra'
  return figures.incomplete > 0 ? 'activities_missing' : undefined
}

/**
 * A census asks from 00:00 UTC, and the vendor does not say whether a record of that very millisecond is counted (webex-cc-api §3.4). Asking a
 * millisecond earlier would make the day too long for quarter hours, so these records may be there beyond the count.
 */
function uncountable({ windowStartMs, storedAtStart }: WindowFigures): number {
  return windowStartMs % DAY_MS === 0 ? storedAtStart : 0
}
