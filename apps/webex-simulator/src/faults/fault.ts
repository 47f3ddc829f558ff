import { z } from 'zod'

const kinds = z.discriminatedUnion('kind', [
  /** Answers with a status and, if given, a `Retry-After`; a 429 has no body. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().min(0).optional(),
  }),
  /** Holds the answer back, in real milliseconds. */
  z.strictObject({ kind: z.literal('delay'), delayMs: z.int().min(1).max(600_000) }),
  /** Announces the whole length, sends half of it and drops the connection. */
  z.strictObject({ kind: z.literal('cutBody') }),
  /** HTTP 200 with `errors` and no data. */
  z.strictObject({ kind: z.literal('graphqlErrors'), message: z.string().default('Exception while fetching data') }),
  /** HTTP 200 whose JSON breaks off, with a length that fits. */
  z.strictObject({ kind: z.literal('malformedJson') }),
  /** Leaves tasks out of raw answers while aggregations count them; lasts until faults are cleared. */
  z.strictObject({ kind: z.literal('dropTasks'), tasks: z.int().min(1) }),
  /** Aggregations look at the world of an earlier moment, as a stale replica would. */
  z.strictObject({ kind: z.literal('staleCount'), staleMs: z.int().min(1) }),
  /** Capture links are treated as expired. */
  z.strictObject({ kind: z.literal('expireLinks') }),
  /** A 59-byte error page with status 200 where audio should be. */
  z.strictObject({ kind: z.literal('captureErrorPage') }),
  /** A whole, well-formed answer that holds only the first half of the file. */
  z.strictObject({ kind: z.literal('captureWrongLength') }),
])

const match = z.strictObject({
  /** Beginning of the path, e.g. `/search`, `/v1/captures`, `/_files`. */
  path: z.string().startsWith('/').optional(),
  /** Search root the query selects. */
  root: z.enum(['taskDetails', 'task', 'taskLegDetails', 'agentSession']).optional(),
  /** Task id that occurs in the path or body. */
  taskId: z.string().min(1).optional(),
})

export const faultSchema = z.strictObject({
  match: match.default({}),
  /** How many requests it hits; absent: all until cleared. */
  times: z.int().min(1).optional(),
  fault: kinds,
})

export type FaultRequest = z.output<typeof faultSchema>
export type Fault = FaultRequest['fault']
export type FaultKind = Fault['kind']
