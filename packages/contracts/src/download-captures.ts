import { defineQueue } from './define-queue.ts'
import { fetchJob, fetchJobId } from './fetch-job.ts'

/** Lists at most ten tasks' captures and stores each (`etl.fetch` of kind `captures`); links live in memory only. */
export const downloadCaptures = defineQueue({
  name: 'download-captures',
  payload: fetchJob,
  jobId: fetchJobId('download-captures'),
  worker: 'recording-downloader',
})
