import { defineQueue } from './define-queue.ts'
import { fetchJob, fetchJobId } from './fetch-job.ts'

/** One fetched `etl.fetch` → rows of `journey.*`. `generation` is the row's `map_generation`, raised each time mapping is enqueued. */
export const mapSpan = defineQueue({
  name: 'map-span',
  payload: fetchJob,
  jobId: fetchJobId('map-span'),
  worker: 'mapper',
})
