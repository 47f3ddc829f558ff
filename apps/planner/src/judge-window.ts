import { DAY_MS } from '@wxcc/contracts/window'
import type { WindowFigures } from '@wxcc/db/planning/count-stored'
import type { WindowMove } from '@wxcc/db/planning/settle'
import { compareContent } from './compare-content.ts'

/** Waits before a window that does not match its count is fetched again: three rounds in all, the last within half a minute of the first. */
const ROUND_DELAYS_MS = [5_000, 10_000] as const
/** A finding is looked at again after an hour, then after twice as long each time, at last once a week. */
const FIRST_RECHECK_MS = 60 * 60_000
const LONGEST_RECHECK_MS = 7 * DAY_MS

/**
 * `rows_missing`: fewer stored than counted. `rows_extra`: more. `activities_missing`: a record has fewer activities than its `totalCount`.
 * `content_differs`: as many, but other durations or a later change than ours: an edit.
 */
export type Finding = 'rows_missing' | 'rows_extra' | 'activities_missing' | 'content_differs'

/**
 * What becomes of a window, given what the vendor counts and what is stored; undefined = it stays, or waits for a (newer) census.
 *
 * Equal is equal, whenever it was counted. A difference is declared only against a census taken after the window was read: records that came
 * in between would otherwise be called extra, or missing. Then the window is read again a few times, and at last the finding stays. A window that
 * was proved already and differs from a later census is read again at once; one with a finding that agrees with a later census is proved.
 */
export function judgeWindow(figures: WindowFigures, nowMs: number): WindowMove | undefined {
  const { dataSourceId, stream, windowStartMs, state, expected, expectedAtMs, loadedAtMs, stored, attempts } = figures
  if (expected === null || expectedAtMs === null) return undefined
  const window = { dataSourceId, stream, windowStartMs, from: state } as const
  const finding = findingOf(figures, expected, expectedAtMs)
  if (finding === undefined) {
    const isProved = state === 'verified' || state === 'sealed'
    return isProved ? undefined : { ...window, to: 'verified', finding: null, nextCheckAtMs: null }
  }
  // It is read again when that is due.
  if (state === 'short' || state === 'over') return undefined
  if (loadedAtMs !== null && expectedAtMs < loadedAtMs) return undefined
  if (state !== 'loaded') return { ...window, to: 'planned', finding, nextCheckAtMs: null }

  const delayMs = ROUND_DELAYS_MS[attempts]
  if (delayMs !== undefined) return { ...window, to: 'planned', finding, nextCheckAtMs: nowMs + delayMs }
  const recheckMs = Math.min(FIRST_RECHECK_MS * 2 ** (attempts - ROUND_DELAYS_MS.length), LONGEST_RECHECK_MS)
  return { ...window, to: stored > expected ? 'over' : 'short', finding, nextCheckAtMs: nowMs + recheckMs }
}

function findingOf(figures: WindowFigures, expected: number, expectedAtMs: number): Finding | undefined {
  const { stored, openRecords } = figures
  if (stored < expected) return 'rows_missing'
  if (stored - uncountable(figures) > expected) return 'rows_extra'
  if (figures.incomplete > 0) return 'activities_missing'
  // With a record more than counted (`uncountable`), the sums have nothing to say.
  if (stored !== expected) return undefined
  const content = compareContent(
    {
      records: expected,
      durationMs: figures.expectedDurationMs,
      activityMs: figures.expectedActivityMs,
      atMs: expectedAtMs,
    },
    { records: stored, durationMs: figures.storedDurationMs, activityMs: figures.storedActivityMs, openRecords },
  )
  return content === 'different' ? 'content_differs' : undefined
}

/**
 * A census asks from 00:00 UTC, and the vendor does not say whether a record of that very millisecond is counted (webex-cc-api §3.4). Asking a
 * millisecond earlier would make the day too long for quarter hours, so these records may be there beyond the count.
 */
function uncountable({ windowStartMs, storedAtStart }: WindowFigures): number {
  return windowStartMs % DAY_MS === 0 ? storedAtStart : 0
}
