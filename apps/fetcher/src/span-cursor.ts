import { z } from 'zod'

/**
 * Where an interrupted span goes on, kept in `etl.fetch.cursor`. Heads are CSRs or sessions, bodies their activities, and the rest are those
 * activities that did not fit beside their owners. `after` is always the vendor's cursor; null means the beginning.
 */
export const spanCursor = z.discriminatedUnion('part', [
  z.object({ part: z.literal('heads'), after: z.string().nullable() }),
  z.object({ part: z.literal('bodies'), chunk: z.number().int(), after: z.string().nullable() }),
  /** `owner` is in work from `after` on; owners sorting before it are complete. The list itself is derived from the first `bodyPages` pages. */
  z.object({ part: z.literal('rest'), bodyPages: z.number().int(), owner: z.string(), after: z.string().nullable() }),
  z.object({ part: z.literal('end') }),
])
export type SpanCursor = z.infer<typeof spanCursor>

export const START: SpanCursor = { part: 'heads', after: null }

/** A cursor of another version begins anew: pages that come twice are told apart by the ids in them. */
export function readCursor(stored: unknown): SpanCursor {
  const parsed = spanCursor.safeParse(stored)
  return parsed.success ? parsed.data : START
}
