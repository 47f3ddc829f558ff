import type { Lane } from '@wxcc/contracts/ledger'
import { paceOf } from '@wxcc/contracts/request-rate'

/** Shares of the burst a lane must leave untouched, for the lanes above it. */
const RESERVE_SHARE: Readonly<Record<Lane, number>> = { live: 0, repair: 0.2, history: 0.4, audio: 0.6 }

/** Part of the rate that each lane gets however busy the others are. */
const FLOOR_SHARE = 0.02

export interface BudgetPlan {
  /** Time between two tokens. */
  readonly intervalMs: number
  /** A lane that has had no token for this long is next, whatever else waits. */
  readonly floorIntervalMs: number
  /** Tokens that may be taken at once after a pause. */
  readonly burst: number
  /** Tokens a lane leaves behind. */
  readonly reserve: Readonly<Record<Lane, number>>
}

/**
 * Splits a vendor's limit into a steady rate and a burst whose sum is at most 95 % of it: for 300 per minute, 270 per minute plus 15 at once.
 * GCRA lets at most `rate + burst` pass in any closed minute, so no sliding minute holds more than 285.
 */
export function planBudget(limitPerMinute: number): BudgetPlan {
  const { steadyPerMinute, burst } = paceOf(limitPerMinute)
  const reserve = (lane: Lane) => Math.floor((burst - 1) * RESERVE_SHARE[lane])
  return {
    intervalMs: 60_000 / steadyPerMinute,
    floorIntervalMs: 60_000 / ((steadyPerMinute + burst) * FLOOR_SHARE),
    burst,
    reserve: { live: reserve('live'), repair: reserve('repair'), history: reserve('history'), audio: reserve('audio') },
  }
}
