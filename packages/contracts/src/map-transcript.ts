import { z } from 'zod'
import { defineQueue } from './define-queue.ts'

/** Reference to one stored row of `etl.capture`; `generation` is the row's `map_generation`. */
const mapTranscriptJob = z.object({
  captureId: z.number().int().positive(),
  generation: z.number().int().positive(),
})
export type MapTranscriptJob = z.infer<typeof mapTranscriptJob>

/** One stored capture → its turns: the messages of a transcript, or the one Recording turn of an audio file. */
export const mapTranscript = defineQueue({
  name: 'map-transcript',
  payload: mapTranscriptJob,
  jobId: (job) => `map-transcript.${job.captureId}.g${job.generation}`,
  worker: 'mapper',
})
