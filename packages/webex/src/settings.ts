import { z } from 'zod'
import { DEFAULT_MAX_PAGE_BYTES } from './client.ts'

export const webexSettings = {
  /** An answer longer than this is asked for again in two halves. */
  MAX_PAGE_BYTES: z.coerce.number().int().min(10_000).default(DEFAULT_MAX_PAGE_BYTES),
}
