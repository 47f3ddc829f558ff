import { FatalError, FencedOff, RateLimitedError, SplitError, type FailureCode } from '@wxcc/contracts/failures'
import type { Clock } from '@wxcc/contracts/clock'
import type { Outcome } from '@wxcc/contracts/outcome'
import { activeTraceId } from '@wxcc/telemetry/trace'
import type { DeadLetter, DeadLetterSink } from './dead-letter-sink.ts'
import { type Decision, decideFailure } from './decide-failure.ts'
import { JobFailed } from './job-failed.ts'
import { keepLease } from './keep-lease.ts'

/** The ledger as a claimed job needs it; the app binds it to its table. All times are the clock's, epoch ms. */
export interface ClaimLedger<Claim> {
  /** Undefined: the job is stale. */
  claim(at: { readonly nowMs: number; readonly leaseMs: number }): Promise<Claim | undefined>
  /** False: another claim overtook this one. */
  renew(claim: Claim, at: { readonly nowMs: number; readonly leaseMs: number }): Promise<boolean>
  giveBack(
    claim: Claim,
    back: {
      readonly notBeforeMs: number | null
      readonly code: FailureCode | null
      readonly spendsAttempt: boolean
      readonly nowMs: number
      readonly requests: number
    },
  ): Promise<void>
  fail(
    claim: Claim,
    failed: { readonly code: FailureCode; readonly nowMs: number; readonly requests: number },
  ): Promise<void>
  /** Two halves take the row's place. Throws `RangeError` if it cannot be cut. Absent: this kind of work is never split. */
  split?(claim: Claim, at: { readonly nowMs: number; readonly requests: number }): Promise<void>
  /** What the row knows of earlier failures, for the kind of work this claim is. */
  history(claim: Claim): {
    readonly dataSourceId: number | null
    readonly attempts: number
    readonly firstFailedAtMs: number | null
  }
}

export interface ClaimedWork {
  /** Aborted when the worker's grace is over, or when another claim overtook this one. */
  readonly signal: AbortSignal
  /** Call once per request sent to the vendor; written to the row however the job ends. */
  readonly countRequest: () => void
  /** Requests counted so far, for the transaction that finishes the row. */
  readonly requests: () => number
}

/**
 * One job's life on its ledger row: claim → work while the lease is renewed → the processor's own fenced finish. What it throws is decided
 * by `decideFailure` and written to the row before the job ends:
 *
 * - wait: given back with `not_before`; a closed budget ends as `skipped(budget)`, anything else throws `JobFailed('retry')`
 * - park: given back as it was, `skipped(consent)`; nothing of its source is admitted until somebody consents again
 * - bury: dead letter, then `failed`, then `JobFailed('buried')`. In this order: a crash between leaves a letter too many, never one too few
 * - split: two halves take its place
 * - overtaken: nothing is written, `skipped(fenced)` · worker stopping: given back without spending an attempt, `skipped(stopping)`
 */
export async function runClaimed<Claim>(job: {
  readonly queue: string
  readonly jobId: string
  readonly payload: DeadLetter['payload']
  readonly ledger: ClaimLedger<Claim>
  readonly now: Clock
  readonly leaseMs: number
  /** The worker's: aborted when its grace is over. */
  readonly signal: AbortSignal
  readonly deadLetters: DeadLetterSink
  /** Closes the client id's budget for all processes after a 429. */
  readonly onThrottled?: (claim: Claim, retryAfterMs: number) => Promise<void>
  readonly process: (claim: Claim, work: ClaimedWork) => Promise<Outcome>
}): Promise<Outcome> {
  const { ledger, now, leaseMs } = job
  if (job.signal.aborted) return { kind: 'skipped', reason: 'stopping' }
  const claim = await ledger.claim({ nowMs: await now(), leaseMs })
  if (claim === undefined) return { kind: 'skipped', reason: 'stale' }

  let requests = 0
  const lease = keepLease({ leaseMs, renew: async () => ledger.renew(claim, { nowMs: await now(), leaseMs }) })
  const signal = AbortSignal.any([job.signal, lease.lost])
  try {
    return await job.process(claim, { signal, countRequest: () => void requests++, requests: () => requests })
  } catch (error) {
    if (error instanceof FencedOff || lease.lost.aborted) return { kind: 'skipped', reason: 'fenced' }
    return await afterFailure(error)
  } finally {
    await lease.stop()
  }

  async function afterFailure(error: unknown): Promise<Outcome> {
    const nowMs = await now()
    const isVerdict = error instanceof FatalError || error instanceof SplitError
    if (job.signal.aborted && !isVerdict) {
      await ledger.giveBack(claim!, { notBeforeMs: null, code: null, spendsAttempt: false, nowMs, requests })
      return { kind: 'skipped', reason: 'stopping' }
    }
    const history = ledger.history(claim!)
    return await carryOut(
      decideFailure(error, { ...history, nowMs, canSplit: ledger.split !== undefined }),
      error,
      nowMs,
    )
  }

  async function carryOut(decision: Decision, error: unknown, nowMs: number): Promise<Outcome> {
    switch (decision.kind) {
      case 'wait': {
        const { code, spendsAttempt } = decision
        if (error instanceof RateLimitedError && error.code === 'vendor_throttled') {
          await job.onThrottled?.(claim!, error.retryAfterMs)
        }
        await ledger.giveBack(claim!, { notBeforeMs: nowMs + decision.delayMs, code, spendsAttempt, nowMs, requests })
        if (!spendsAttempt) return { kind: 'skipped', reason: 'budget' }
        throw new JobFailed(code, 'retry', error)
      }
      case 'park': {
        const { code } = decision
        await ledger.giveBack(claim!, { notBeforeMs: null, code, spendsAttempt: false, nowMs, requests })
        return { kind: 'skipped', reason: 'consent' }
      }
      case 'split':
        return await split(error, nowMs)
      case 'bury':
        return await bury(decision.code, error, nowMs)
      default:
        return decision satisfies never
    }
  }

  async function split(error: unknown, nowMs: number): Promise<Outcome> {
    if (ledger.split === undefined) return await bury('vendor_too_large', error, nowMs)
    try {
      await ledger.split(claim!, { nowMs, requests })
    } catch (cannot) {
      if (cannot instanceof FencedOff) return { kind: 'skipped', reason: 'fenced' }
      if (cannot instanceof RangeError) {
        if (error instanceof SplitError) return await bury('vendor_too_large', error, nowMs)
        // It may answer for the whole yet.
        return await carryOut(decideFailure(error, { ...ledger.history(claim!), nowMs }), error, nowMs)
      }
      throw cannot
    }
    return { kind: 'done', counts: { split: 1 } }
  }

  async function bury(code: FailureCode, error: unknown, nowMs: number): Promise<Outcome> {
    // An overtaken claim may not bury what another worker is finishing.
    if (!(await ledger.renew(claim!, { nowMs, leaseMs }))) return { kind: 'skipped', reason: 'fenced' }
    const { dataSourceId, attempts } = ledger.history(claim!)
    await job.deadLetters.bury({
      dataSourceId,
      queue: job.queue,
      jobId: job.jobId,
      payload: job.payload,
      code,
      attempts: attempts + 1,
      traceId: activeTraceId() ?? null,
    })
    await ledger.fail(claim!, { code, nowMs, requests })
    throw new JobFailed(code, 'buried', error)
  }
}
