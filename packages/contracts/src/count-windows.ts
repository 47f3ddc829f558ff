import { defineQueue } from './define-queue.ts'
import { fetchJob, fetchJobId } from './fetch-job.ts'

/** Census: the vendor's own counts of one day and stream, per quarter hour (`etl.fetch` of kind `census`), of days that are not live. */
export const countWindows = defineQueue({
  name: 'count-windows',
  payload: fetchJob,
  jobId: fetchJobId('count-windows'),
  worker: 'fetcher',
})
