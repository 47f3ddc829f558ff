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

/** Requests per minute by which a backlog shrinks now: as fast as the budget allows, or as the workers are, less what keeps coming. */
export function drainRate(observed: Observed): number {
  const pace = observed.allowedPerMinute * Math.max(keptUpShare(observed), LEAST_PACE_SHARE)
  return Math.max(pace - observed.comingPerMinute, pace * LEAST_DRAIN_SHARE)
}

/**
 * Of what could have been sent, the part that was, 0–1: less than all where work lay waiting while some of the budget was left over. A budget that
 * was left over for want of work says nothing about how fast the workers are.
 */
export function keptUpShare({
  allowedPerMinute,
  observedMinutes,
  sent,
  leftLying,
}: Omit<Observed, 'comingPerMinute'>): number {
  const unused = Math.max(0, allowedPerMinute * observedMinutes - sent)
  const missed = Math.min(unused, leftLying)
  return missed === 0 ? 1 : sent / (sent + missed)
}
