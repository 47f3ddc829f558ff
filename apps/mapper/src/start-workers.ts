import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { QUEUES } from '@wxcc/contracts/queues'
import { checkConsumers } from '@wxcc/queue/check-consumers'
import { type RunningWorker, startWorker } from '@wxcc/queue/start-worker'
import type { Logger } from '@wxcc/telemetry/log'
import { deadLetters, type ProcessorDeps, processors } from './processors.ts'

type Connection = Parameters<typeof startWorker>[0]['connection']

/** A transcript is one short transaction that mostly waits for Postgres, so some of them go beside each span. */
export const TRANSCRIPTS_PER_SPAN = 4

/** Starts one worker for each queue the contracts give this app; throws if one is missing. Resolves when all of them listen. */
export async function startWorkers(
  deps: ProcessorDeps,
  options: {
    readonly connection: Connection
    readonly prefix: string
    readonly concurrency: number
    readonly log: Logger
  },
): Promise<readonly RunningWorker[]> {
  const process = processors(deps)
  checkConsumers('mapper', QUEUES, {
    [mapSpan.name]: process.mapSpan,
    [mapTranscript.name]: process.mapTranscript,
  })
  const common = { ...options, deadLetters: deadLetters(deps) }
  const workers = [
    startWorker({ ...common, contract: mapSpan, process: process.mapSpan }),
    startWorker({
      ...common,
      concurrency: options.concurrency * TRANSCRIPTS_PER_SPAN,
      contract: mapTranscript,
      process: process.mapTranscript,
    }),
  ]
  await Promise.all(workers.map((worker) => worker.ready))
  return workers
}
