import type { FailureCode } from '@wxcc/contracts/failures'

/** How a job failed after its ledger row was seen to: `retry` (given back), `buried` (dead letter written) or `unclaimed` (the row was never held). */
export type FailedOutcome = 'retry' | 'buried' | 'unclaimed'

/**
 * What BullMQ is told of a failed job. It stores message and stack in Redis for the board, so this carries the code alone; the cause is for
 * the log line.
 */
export class JobFailed extends Error {
  override readonly name = 'JobFailed'
  readonly code: FailureCode
  readonly outcome: FailedOutcome

  constructor(code: FailureCode, outcome: FailedOutcome, cause?: unknown) {
    super(code, { cause })
    this.code = code
    this.outcome = outcome
    this.stack = `JobFailed: ${code} (${outcome})`
  }
}
