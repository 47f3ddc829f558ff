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

/** How far back a change pass looks for tasks: the vendor's limit is 365 days per query (webex-cc-api §3.4 [OAS]). */
const TASK_LOOK_BACK_MS = 364 * DAY_MS
/** No agent stays logged in for longer; sessions "can last days" (customer-journey-model §5.5), one of the public samples 97 hours. */
const SESSION_LOOK_BACK_MS = 28 * DAY_MS

/**
 * A span reaches 1 ms beyond its ends, since the vendor does not say whether its bounds are inclusive (§3.4); a record that comes twice is told
 * apart by its id. A change pass has no upper bound but the source's own end: the vendor reads a future `to` as now.
 *
 * Throws `SplitError` for a span too long for activities (30 days).
 */
export function rangeOf(
  claim: Pick<Claim, 'fromMs' | 'toMs' | 'reason' | 'stream'>,
  source: Pick<Source, 'loadFromMs' | 'loadUntilMs'>,
): SpanRange {
  const { fromMs, toMs } = claim
  if (fromMs === null || toMs === null) throw new RangeError('a span has a range')
  if (claim.reason !== 'change') {
    if (toMs - fromMs + 2 > MAX_ACTIVITY_SPAN_MS) throw new SplitError()
    return { fromMs: fromMs - 1, toMs: toMs + 1, sinceMs: null }
  }
  const end = source.loadUntilMs ?? toMs + DAY_MS
  // Tasks before the ledger's beginning are not ours; sessions that began before it still hold agent time of ours.
  const begin =
    claim.stream === 'task' ? Math.max(end - TASK_LOOK_BACK_MS, source.loadFromMs) : fromMs - SESSION_LOOK_BACK_MS
  return { fromMs: Math.min(begin, end - 1), toMs: end, sinceMs: fromMs }
}
