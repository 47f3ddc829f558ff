import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@wxcc/telemetry/log'
import type { TickReport } from './tick.ts'

/** A planner that has not finished a tick for this many pauses (and at least `SLOWEST_MS`) is not ready. */
const PATIENCE = 10
const SLOWEST_MS = 15_000

export interface RunningTicks {
  /** Resolves once the signal is given and the tick in hand is through. */
  readonly ended: Promise<void>
  /** Rejects when no tick succeeded lately; for `/readyz`. */
  readonly check: () => Promise<void>
}

/**
 * Ticks until the signal is given. A tick that fails is logged and tried again after the pause: everything it would have done is still in the
 * ledger. The pause is real time, for pace only.
 */
export function runTicks(options: {
  readonly tick: () => Promise<TickReport | undefined>
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly log: Logger
}): RunningTicks {
  const { tick, everyMs, signal, log } = options
  let succeededAt = performance.now()

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const startedAt = performance.now()
      try {
        const report = await tick()
        succeededAt = performance.now()
        const isNews = report !== undefined && Object.values(report).some((count) => count > 0)
        const durationMs = Math.round(succeededAt - startedAt)
        if (isNews) log.info({ event: 'ticked', durationMs, ...report }, 'ticked')
        else log.debug({ event: 'ticked', durationMs, isLeader: report !== undefined }, 'nothing to do')
      } catch (error) {
        log.error({ event: 'tick_failed', err: error }, 'tick failed')
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {})
    }
  }

  return {
    ended: run(),
    check: () => {
      const isLate = performance.now() - succeededAt > Math.max(SLOWEST_MS, PATIENCE * everyMs)
      return isLate ? Promise.reject(new Error('no tick succeeded lately')) : Promise.resolve()
    },
  }
}
