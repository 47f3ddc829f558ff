import type { z } from 'zod'

/** The apps that empty queues. Each queue has exactly one. */
export type WorkerApp = 'fetcher' | 'mapper' | 'recording-downloader'

/** One queue: its name (verb and noun), what a job carries (ids only), how its job id is spelled, and who empties it. */
export interface QueueContract<Payload> {
  readonly name: string
  readonly payload: z.ZodType<Payload>
  /** Spelled from the payload with dots, e.g. `fetch-span.42.g1`. A courtesy against doubles; the ledger's constraints are the promise. */
  readonly jobId: (payload: Payload) => string
  readonly worker: WorkerApp
}

export function defineQueue<Payload>(contract: QueueContract<Payload>): QueueContract<Payload> {
  return contract
}
