/** Requests of one client id, observed for some minutes. */
export interface Observed {
  /** Requests per minute the budget allows. */
  readonly allowedPerMinute: number
  /** Requests sent in the minutes that were observed. */
  readonly sent: number
  /** Requests of outstanding work that could have been sent all through those minutes. */
  readonly leftLying: number
  /** Requests per minute of what keeps coming while it is worked off: censuses, change passes, and the traffic of a quarter hour like the newest. */
  readonly comingPerMinute: number
  readonly observedMinutes: number
}

/** However much comes, this part of the rate is taken to work off what waits: the floors of the lanes see to that. */
const LEAST_DRAIN_SHARE = 0.1
/** Workers that sent less than this part of what they could: nobody was there, or has just come back. */
const LEAST_PACE_SHARE = 0.1

/** Requests per minute by which a backlog shrinks now. */
export function drainRate(observed: Observed): number {
  const pace = paceOf(observed)
  return Math.max(pace - observed.comingPerMinute, pace * LEAST_DRAIN_SHARE)
}

/**
 * Requests per minute at which work goes off now: what the budget allows, or less where work lay waiting while some of the budget was left over. A
 * budget that was left over for want of work says nothing about how fast the workers are.
 */
function paceOf({ allowedPerMinute, observedMinutes, sent, leftLying }: Observed): number {
  const unused = Math.max(0, allowedPerMinute * observedMinutes - sent)
  const missed = Math.min(unused, leftLying)
  const share = missed === 0 ? 1 : sent / (sent + missed)
  return allowedPerMinute * Math.max(share, LEAST_PACE_SHARE)
}
