/** A half-open stretch of time `[fromMs, toMs)`, epoch milliseconds, UTC. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** Length of the unit of proof: a quarter of an hour. */
export const WINDOW_MS = 15 * 60_000
export const DAY_MS = 24 * 60 * 60_000

/** The start of the quarter hour (UTC) that holds this moment. */
export function floorToWindow(timeMs: number): number {
  return Math.floor(timeMs / WINDOW_MS) * WINDOW_MS
}

/** The start of the UTC day that holds this moment. */
export function floorToDay(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS
}
