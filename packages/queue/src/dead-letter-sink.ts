import type { FailureCode } from '@wxcc/contracts/failures'

/** A job that a person has to look at. `payload` holds ids only, and is null when it did not parse. */
export interface DeadLetter {
  readonly dataSourceId: number | null
  readonly queue: string
  readonly jobId: string
  readonly payload: Readonly<Record<string, number | string>> | null
  readonly code: FailureCode
  readonly attempts: number
  readonly traceId: string | null
}

/** Where dead letters go; the app hands in its table. Burying the same queue and job again brings the letter up to date. */
export interface DeadLetterSink {
  bury(letter: DeadLetter): Promise<void>
}
