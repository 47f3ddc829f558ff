import { defineQueue } from './define-queue.ts'
import { fetchJob, fetchJobId } from './fetch-job.ts'

/**
 * Censuses and spans of the `live` lane (`etl.fetch`). They have a queue, and so slots of every fetcher, of their own: behind months of history the
 * newest quarter hour waits for its token, never for a slot.
 */
export const fetchLive = defineQueue({
  name: 'fetch-live',
  payload: fetchJob,
  jobId: fetchJobId('fetch-live'),
  worker: 'fetcher',
})
