import { defineQueue } from './define-queue.ts'
import { fetchJob, fetchJobId } from './fetch-job.ts'

/** Users, teams, queues, sites, entry points and codes of one source (`etl.fetch` of kind `configuration`). */
export const fetchConfiguration = defineQueue({
  name: 'fetch-configuration',
  payload: fetchJob,
  jobId: fetchJobId('fetch-configuration'),
  worker: 'fetcher',
})
