import { defineQueue } from './define-queue.ts'
import { fetchJob, fetchJobId } from './fetch-job.ts'

/** All pages of one span of windows (`etl.fetch` of kind `span`) that is not live, resumable page by page. */
export const fetchSpan = defineQueue({
  name: 'fetch-span',
  payload: fetchJob,
  jobId: fetchJobId('fetch-span'),
  worker: 'fetcher',
})
