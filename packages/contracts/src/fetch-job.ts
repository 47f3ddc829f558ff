import { z } from 'zod'

/** Reference to one row of `etl.fetch`. `generation` is raised for every wanted (re-)run; a job of an older generation claims nothing. */
export const fetchJob = z.object({
  fetchId: z.number().int().positive(),
  generation: z.number().int().positive(),
})
export type FetchJob = z.infer<typeof fetchJob>

export function fetchJobId(queue: string): (job: FetchJob) => string {
  return (job) => `${queue}.${job.fetchId}.g${job.generation}`
}
