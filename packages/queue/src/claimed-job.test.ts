import {
  FatalError,
  FencedOff,
  ParkedError,
  RateLimitedError,
  RetryableError,
  SplitError,
} from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { describe, expect, test } from 'vitest'
import { type ClaimLedger, type ClaimedWork, runClaimed } from './claimed-job.ts'
import type { DeadLetter } from './dead-letter-sink.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
interface Claim {
  readonly fence: number
}

/** One row, as the ledger table keeps it, and everything that was written to it in order. */
function openRow(row: { attempts?: number; firstFailedAtMs?: number; isStale?: boolean; cannotSplit?: boolean } = {}) {
  const written: unknown[] = []
  let fence = 0
  const ledger: ClaimLedger<Claim> = {
    claim: async () => (row.isStale ? undefined : { fence: ++fence }),
    renew: async (claim) => claim.fence === fence,
    giveBack: async (_, { nowMs: _now, ...back }) => void written.push({ giveBack: back }),
    fail: async (_, { nowMs: _now, ...failed }) => void written.push({ fail: failed }),
    split: async () => {
      if (row.cannotSplit) throw new RangeError('span cannot be cut')
      written.push('split')
    },
    history: () => ({ dataSourceId: 5, attempts: row.attempts ?? 0, firstFailedAtMs: row.firstFailedAtMs ?? null }),
  }
  return { ledger, written, overtake: () => void fence++ }
}

function run(
  row: ReturnType<typeof openRow>,
  process: (claim: Claim, work: ClaimedWork) => Promise<Outcome>,
  options?: { signal?: AbortSignal; leaseMs?: number; onThrottled?: (claim: Claim, ms: number) => Promise<void> },
) {
  return runClaimed({
    queue: 'fetch-span',
    jobId: 'fetch-span.1.g1',
    payload: { fetchId: 1, generation: 1 },
    ledger: row.ledger,
    now: async () => NOW,
    leaseMs: options?.leaseMs ?? 30_000,
    signal: options?.signal ?? new AbortController().signal,
    deadLetters: { bury: async (letter: DeadLetter) => void row.written.push({ bury: letter }) },
    ...(options?.onThrottled ? { onThrottled: options.onThrottled } : {}),
    process,
  })
}

const failing = (error: unknown) => async (_: Claim, work: ClaimedWork) => {
  work.countRequest()
  work.countRequest()
  throw error
}

describe('runClaimed', () => {
  test('what the processor answers is the outcome', async () => {
    const row = openRow()
    expect(await run(row, async () => ({ kind: 'done', counts: { pages: 2 } }))).toEqual({
      kind: 'done',
      counts: { pages: 2 },
    })
    expect(row.written).toEqual([])
  })

  test('a stale job touches nothing', async () => {
    const row = openRow({ isStale: true })
    const never = async () => {
      throw new Error('processed')
    }
    expect(await run(row, never)).toEqual({ kind: 'skipped', reason: 'stale' })
  })

  test('a failure that may pass gives the row back, spends an attempt, and fails the job', async () => {
    const row = openRow({ attempts: 2, firstFailedAtMs: NOW })
    await expect(run(row, failing(new RetryableError('vendor_timeout')))).rejects.toMatchObject({
      code: 'vendor_timeout',
      outcome: 'retry',
    })
    expect(row.written).toEqual([
      { giveBack: { notBeforeMs: NOW + 8_000, code: 'vendor_timeout', spendsAttempt: true, requests: 2 } },
    ])
  })

  test('a closed budget gives it back for free and is no failure', async () => {
    const row = openRow()
    expect(await run(row, failing(new RateLimitedError('budget_empty', 700)))).toEqual({
      kind: 'skipped',
      reason: 'budget',
    })
    expect(row.written).toEqual([
      { giveBack: { notBeforeMs: NOW + 700, code: 'budget_empty', spendsAttempt: false, requests: 2 } },
    ])
  })

  test('a 429 closes the budget before the row goes back', async () => {
    const row = openRow()
    const onThrottled = async (_: Claim, ms: number) => void row.written.push({ closed: ms })
    expect(await run(row, failing(new RateLimitedError('vendor_throttled', 30_000)), { onThrottled })).toMatchObject({
      reason: 'budget',
    })
    expect(row.written).toMatchObject([{ closed: 30_000 }, { giveBack: { notBeforeMs: NOW + 30_000 } }])
  })

  test('without consent it is given back as it was, and is no failure', async () => {
    const row = openRow({ attempts: 7 })
    expect(await run(row, failing(new ParkedError('consent_needed')))).toEqual({ kind: 'skipped', reason: 'consent' })
    expect(row.written).toEqual([
      { giveBack: { notBeforeMs: null, code: 'consent_needed', spendsAttempt: false, requests: 2 } },
    ])
  })

  test('a fatal failure is buried first, then the row fails', async () => {
    const row = openRow()
    await expect(run(row, failing(new FatalError('vendor_bad_request')))).rejects.toMatchObject({ outcome: 'buried' })
    expect(row.written).toEqual([
      {
        bury: {
          dataSourceId: 5,
          queue: 'fetch-span',
          jobId: 'fetch-span.1.g1',
          payload: { fetchId: 1, generation: 1 },
          code: 'vendor_bad_request',
          attempts: 1,
          traceId: null,
        },
      },
      { fail: { code: 'vendor_bad_request', requests: 2 } },
    ])
  })

  test('what times out for the fourth time is asked in halves; what cannot be cut waits on', async () => {
    const timeOut = failing(new RetryableError('vendor_timeout'))
    const third = openRow({ attempts: 2 })
    await expect(run(third, timeOut)).rejects.toMatchObject({ code: 'vendor_timeout' })
    expect(third.written).toMatchObject([{ giveBack: { spendsAttempt: true } }])
    const fourth = openRow({ attempts: 3 })
    expect(await run(fourth, timeOut)).toEqual({ kind: 'done', counts: { split: 1 } })
    expect(fourth.written).toEqual(['split'])
    const census = openRow({ attempts: 3, cannotSplit: true })
    await expect(run(census, timeOut)).rejects.toMatchObject({ code: 'vendor_timeout' })
    expect(census.written).toMatchObject([{ giveBack: { notBeforeMs: NOW + 16_000, spendsAttempt: true } }])
    const other = openRow({ attempts: 3 })
    await expect(run(other, failing(new RetryableError('vendor_unavailable')))).rejects.toMatchObject({
      code: 'vendor_unavailable',
    })
  })

  test('too large is split; what cannot be cut is buried', async () => {
    const row = openRow()
    expect(await run(row, failing(new SplitError()))).toEqual({ kind: 'done', counts: { split: 1 } })
    expect(row.written).toEqual(['split'])
    const second = openRow({ cannotSplit: true })
    await expect(run(second, failing(new SplitError()))).rejects.toMatchObject({
      code: 'vendor_too_large',
      outcome: 'buried',
    })
    expect(second.written).toMatchObject([{ bury: {} }, { fail: {} }])
  })

  test.each([
    ['its transaction says so', new FencedOff()],
    ['it finds out while burying', new FatalError('mapping_failed')],
  ])('an overtaken claim writes nothing: %s', async (_, error) => {
    const row = openRow()
    const overtaken = async () => {
      row.overtake()
      throw error
    }
    expect(await run(row, overtaken)).toEqual({ kind: 'skipped', reason: 'fenced' })
    expect(row.written).toEqual([])
  })

  test('a lease that is lost aborts the work', async () => {
    const row = openRow()
    const aborted = async (_: Claim, { signal }: ClaimedWork): Promise<Outcome> => {
      row.overtake()
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    }
    expect(await run(row, aborted, { leaseMs: 150 })).toEqual({ kind: 'skipped', reason: 'fenced' })
    expect(row.written).toEqual([])
  })

  test('a stopping worker gives the row back without spending an attempt', async () => {
    const row = openRow()
    const shutdown = new AbortController()
    const aborted = async (_: Claim, { signal }: ClaimedWork): Promise<Outcome> => {
      shutdown.abort()
      signal.throwIfAborted()
      return { kind: 'done' }
    }
    expect(await run(row, aborted, { signal: shutdown.signal })).toEqual({ kind: 'skipped', reason: 'stopping' })
    expect(row.written).toEqual([{ giveBack: { notBeforeMs: null, code: null, spendsAttempt: false, requests: 0 } }])
  })
})
