import type { Stream } from '@wxcc/contracts/ledger'
import { DAY_MS, type Window } from '@wxcc/contracts/window'
import type { ChangePass } from '@wxcc/db/planning/change-pass'

/** Read again before the watermark, since the vendor's index is not in order. */
export const OVERLAP_MS = 30 * 60_000
/** A ledger that begins no longer ago is read by the first pass over sessions at once: that is a page or two. */
const AT_ONCE_MS = 2 * DAY_MS

export interface ChangeState {
  readonly stream: Stream
  readonly loadFromMs: number
  /** The last closed and settled quarter hour's end, never past `load_until`. */
  readonly boundaryMs: number
  readonly watermarkMs: number | undefined
  readonly lastPass: ChangePass | undefined
  /** When the first span of the stream was planned. */
  readonly firstReadAtMs: number | undefined
}

/**
 * The range of the change pass that is due, or undefined: one pass per quarter hour, one at a time. A boundary whose pass failed is not
 * asked again; the next one begins at the same watermark and covers it.
 *
 * The first pass begins when the stream was first read: nothing held can have changed before, and from `load_from` it would read 13 months a second
 * time. *Agent sessions* need more, because agent time is only complete once every session that overlaps it is known, also those begun before
 * `load_from`: where that is long ago, a pass up to it alone comes first; else one from it on.
 */
export function chooseChangeRange(state: ChangeState): Window | undefined {
  const { boundaryMs, watermarkMs, lastPass } = state
  if (boundaryMs <= state.loadFromMs || (watermarkMs !== undefined && watermarkMs >= boundaryMs)) return undefined
  if (lastPass?.state === 'open') return undefined
  if (lastPass?.state === 'failed' && lastPass.untilMs >= boundaryMs) return undefined
  // Once only: if it fails, its dead letter waits for a person.
  if (isLongHistory(state) && watermarkMs === undefined && lastPass === undefined)
    return { fromMs: state.loadFromMs - OVERLAP_MS, toMs: state.loadFromMs }
  const isFirst = watermarkMs === undefined || (isLongHistory(state) && watermarkMs <= state.loadFromMs)
  return { fromMs: (isFirst ? firstStart(state) : watermarkMs) - OVERLAP_MS, toMs: boundaryMs }
}

/** Sessions whose first pass would read much of the ledger a second time. */
function isLongHistory({ stream, loadFromMs, boundaryMs }: ChangeState): boolean {
  return stream === 'agent_session' && boundaryMs - loadFromMs > AT_ONCE_MS
}

function firstStart(state: ChangeState): number {
  const { stream, loadFromMs, boundaryMs, firstReadAtMs } = state
  if (stream === 'agent_session' && !isLongHistory(state)) return loadFromMs
  return Math.max(loadFromMs, Math.min(firstReadAtMs ?? boundaryMs, boundaryMs))
}
