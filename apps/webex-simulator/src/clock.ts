/**
 * The simulator's only clock. Tokens, rate limit, link expiry and the age of the world all read it, so that a test can move a day in one call.
 */

export interface SimulatedClock {
  /** Epoch milliseconds. */
  nowMs(): number
  set(nowMs: number): void
  advance(deltaMs: number): void
  /** From now on; the moment itself stays. */
  setSpeed(speed: number): void
  /** Simulated milliseconds per real one; 0 = moves only when told. */
  readonly speed: number
}

export interface ClockOptions {
  readonly startMs: number
  readonly speed: number
  /** Monotonic real time in ms; replaced in tests. */
  readonly elapsedMs?: () => number
}

/** Running clock: `start + elapsed × speed`. With speed 0 the second term vanishes and only `set` and `advance` move it. */
export function createClock({ startMs, speed, elapsedMs = () => performance.now() }: ClockOptions): SimulatedClock {
  let current = speed
  let originMs = startMs
  let elapsedAtOrigin = elapsedMs()
  const nowMs = () => Math.floor(originMs + (elapsedMs() - elapsedAtOrigin) * current)
  const set = (atMs: number) => {
    originMs = atMs
    elapsedAtOrigin = elapsedMs()
  }
  return {
    nowMs,
    set,
    advance: (deltaMs) => set(nowMs() + deltaMs),
    setSpeed(wanted) {
      set(nowMs())
      current = wanted
    },
    get speed() {
      return current
    },
  }
}

export const QUARTER_MS = 15 * 60_000

export function floorToQuarter(epochMs: number): number {
  return Math.floor(epochMs / QUARTER_MS) * QUARTER_MS
}

export function ceilToQuarter(epochMs: number): number {
  return Math.ceil(epochMs / QUARTER_MS) * QUARTER_MS
}
