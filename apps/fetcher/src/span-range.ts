import { SplitError } from '@wxcc/contracts/failures'
import type { Claim } from '@wxcc/db/fetch-claim'
import type { Source } from '@wxcc/db/data-source'
import { DAY_MS } from '@wxcc/contracts/window'
import { MAX_ACTIVITY_SPAN_MS } from '@wxcc/webex/search'

/** What the vendor is asked for: records that began in `[fromMs, toMs)`, and if `sinceMs` is set, only those it touched since. */
export interface SpanRange {
  readonly fromMs: number
  readonly toMs: number
  readonly sinceMs: number | null
}

/** The longest range of one query (webex-cc-api §3.4 [OAS]). */
const MAX_SPAN_MS = 365 * DAY_MS
/** How far before its end a change pass looks back. A day less than may be asked for, since its end may lie a day ahead. */
const LOOK_BACK_MS = 364 * DAY_MS
/** Sessions that may have begun before the first moment a pass asks for, at the least; most passes look back much further. */
const LONG_SESSION_MS = 28 * DAY_MS
/** `from` may lie 36 months back at the most (§3.4 [OAS]); two days less, as a fetch may wait. */
const REACH_MS = 1_094 * DAY_MS

/**
 * A span reaches 1 ms beyond its ends, since the vendor does not say whether its bounds are inclusive (§3.4); a record that comes twice is told
 * apart by its id. A change pass has no upper bound but the source's own end, or a day ahead: the vendor reads a future `to` as now.
 *
 * Throws `SplitError` for a span too long for activities (30 days), and for a pass over sessions too long for one query: eleven months after the pass
 * before it. Passes are not cut, so that one ends as a dead letter.
 */
export function rangeOf(
  claim: Pick<Claim, 'fromMs' | 'toMs' | 'reason' | 'stream' | 'createdAtMs'>,
  source: Pick<Source, 'loadFromMs' | 'loadUntilMs'>,
): SpanRange {
  const { fromMs, toMs } = claim
  if (fromMs === null || toMs === null) throw new RangeError('a span has a range')
  if (claim.reason !== 'change') {
    if (toMs - fromMs + 2 > MAX_ACTIVITY_SPAN_MS) throw new SplitError()
    return { fromMs: fromMs - 1, toMs: toMs + 1, sinceMs: null }
  }
  const end = Math.min(source.loadUntilMs ?? Number.POSITIVE_INFINITY, toMs + DAY_MS)
  // Tasks before the ledger's beginning are not ours. A session that began before it still holds agent time of ours, and one that began half a
  // year ago and still runs is read again by every pass, as it would seem to have ended otherwise.
  const begin =
    claim.stream !== 'agent_session'
      ? Math.max(end - LOOK_BACK_MS, source.loadFromMs)
      : Math.max(Math.min(fromMs - LONG_SESSION_MS, end - LOOK_BACK_MS), claim.createdAtMs - REACH_MS)
  if (end - begin > MAX_SPAN_MS) throw new SplitError()
  return { fromMs: Math.min(begin, end - 1), toMs: end, sinceMs: fromMs }
}
