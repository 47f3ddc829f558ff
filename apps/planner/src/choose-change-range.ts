import type { Stream } from '@wxcc/contracts/ledger'
import type { Window } from '@wxcc/contracts/window'
import type { ChangePass } from '@wxcc/db/planning/change-pass'

/** Read again before the watermark, since the vendor's index is not in order. */
export const OVERLAP_MS = 30 * 60_000

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
 * The first pass over *agent sessions* begins at `load_from`, because agent time is only complete once every session that overlaps it is
 * known, also those begun earlier. The first over *tasks* (and their legs) begins when tasks were first read: nothing held can have changed before, and
 * from `load_from` it would read 13 months a second time.
 */
export function chooseChangeRange(state: ChangeState): Window | undefined {
  const { boundaryMs, watermarkMs, lastPass } = state
  if (boundaryMs <= state.loadFromMs || (watermarkMs !== undefined && watermarkMs >= boundaryMs)) return undefined
  if (lastPass?.state === 'open') return undefined
  if (lastPass?.state === 'failed' && lastPass.untilMs >= boundaryMs) return undefined
  return { fromMs: (watermarkMs ?? firstStart(state)) - OVERLAP_MS, toMs: boundaryMs }
}

function firstStart({ stream, loadFromMs, boundaryMs, firstReadAtMs }: ChangeState): number {
  if (stream === 'agent_session') return loadFromMs
  return Math.max(loadFromMs, Math.min(firstReadAtMs ?? boundaryMs, boundaryMs))
}
