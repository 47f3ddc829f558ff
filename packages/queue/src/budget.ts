import type { Clock } from '@wxcc/contracts/clock'
import { RateLimitedError } from '@wxcc/contracts/failures'
import { LANES, type Lane } from '@wxcc/contracts/ledger'
import { type RequestRate, allowedPerMinute } from '@wxcc/contracts/request-rate'
import { recordBudgetWait } from '@wxcc/telemetry/metrics'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { planBudget } from './budget-lanes.ts'
import { CLOSE_BUDGET, TAKE_TOKEN } from './budget-script.ts'

/** A forgotten key means an empty bucket, which is safe; so a day without requests may forget it. */
const KEY_LIFETIME_MS = 24 * 60 * 60_000
/** The clock is asked again at least this often while waiting: a test's clock may run faster than the timer. */
const MAX_NAP_MS = 250
/** A waiter asks again at least this often, by the clock; one that does not is gone. Longer where naps turn out to be longer. */
const LEAST_BELIEVED_MS = 2_000
/** A clock that somebody sets forward is not a fast one. */
const MAX_PACE = 100
/** What a job is told when the budget's server cannot be asked. */
const UNREACHABLE_RETRY_MS = 5_000

export interface Budget {
  /**
   * Takes one token for this lane. Waits in this process up to `maxWaitMs`, then throws `RateLimitedError('budget_empty')` with the time to
   * come back. A signal that aborts ends the wait with its reason.
   */
  acquire(lane: Lane, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** After a 429: closes this client id for every process until `untilMs` (the clock's epoch ms). */
  close(untilMs: number): Promise<void>
}

/**
 * The one request budget of a client id, shared by every process through Redis: at most 95 % of what `rate` allows in any sliding minute, and no
 * lane without its floor. With Redis away there is no budget: `acquire` throws `RateLimitedError`, so that no attempt is spent. `redis` is a
 * `producerRedis`.
 */
export function openBudget(options: {
  readonly redis: Redis
  readonly prefix: string
  readonly clientId: string
  readonly now: Clock
  /** What is known of the limit at this moment; asked for every token. */
  readonly rate: () => RequestRate
  readonly maxWaitMs?: number
}): Budget {
  const { redis, now } = options
  const maxWaitMs = options.maxWaitMs ?? 10_000
  const key = `${options.prefix}:budget:${options.clientId}`
  /** What the clock did in the last nap, for each real millisecond: 1 where the clock is a clock. */
  let pace = 1

  async function waitFor(lane: Lane, nowMs: number): Promise<number> {
    const rate = options.rate()
    const plan = planBudget(allowedPerMinute(rate, nowMs))
    const bucket = [nowMs, plan.intervalMs, plan.burst, plan.reserve[lane], KEY_LIFETIME_MS]
    const believedMs = Math.max(LEAST_BELIEVED_MS, 2 * pace * MAX_NAP_MS)
    const laneArgs = [lane, plan.floorIntervalMs, rate.closedUntilMs ?? 0, LANES.indexOf(lane) + 1, believedMs]
    return (await ask(() => redis.eval(TAKE_TOKEN, 1, key, ...bucket, ...laneArgs))) as number
  }

  return {
    async acquire(lane, { signal } = {}) {
      let sleptMs = 0
      let nowMs = await now()
      for (;;) {
        signal?.throwIfAborted()
        const waitMs = await waitFor(lane, nowMs)
        if (waitMs === 0) break
        if (sleptMs + waitMs / pace > maxWaitMs) throw new RateLimitedError('budget_empty', waitMs)
        const napMs = Math.min(Math.ceil(waitMs / pace), MAX_NAP_MS)
        await sleep(napMs, undefined, signal ? { signal } : {})
        sleptMs += napMs
        const beforeMs = nowMs
        nowMs = await now()
        pace = Math.min(MAX_PACE, Math.max(1, (nowMs - beforeMs) / napMs))
      }
      recordBudgetWait(lane, sleptMs)
    },
    async close(untilMs) {
      const plan = planBudget(allowedPerMinute(options.rate(), await now()))
      await ask(() =>
        redis.eval(CLOSE_BUDGET, 1, key, Math.ceil(untilMs), plan.intervalMs, plan.burst, KEY_LIFETIME_MS),
      )
    },
  }
}

/** A script Redis refuses is our bug and passes through; a Redis that cannot be reached is a closed budget. */
async function ask<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command()
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') throw error
    throw new RateLimitedError('budget_empty', UNREACHABLE_RETRY_MS)
  }
}
