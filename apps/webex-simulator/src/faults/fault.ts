import { z } from 'zod'

/** Share of the rows that a fault hits; which ones follows from their ids, so that they are the same in every answer. */
const share = z.number().min(0).max(1).default(1)

const kinds = z.discriminatedUnion('kind', [
  /** Answers with a status and, if given, a `Retry-After`; a 429 has no body. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().min(0).optional(),
  }),
  /** Holds the answer back, in real milliseconds; with `upToMs`, by a drawn time between the two. */
  z.strictObject({
    kind: z.literal('delay'),
    delayMs: z.int().min(1).max(600_000),
    upToMs: z.int().max(600_000).optional(),
  }),
  /** Resets the connection before a single byte. */
  z.strictObject({ kind: z.literal('reset') }),
  /** Announces the whole length, sends the first half, or so many bytes, and drops the connection. */
  z.strictObject({ kind: z.literal('cutBody'), atByte: z.int().min(0).optional() }),
  /** Announces so many bytes more (or fewer) than there are, and closes the connection after the last one. */
  z.strictObject({ kind: z.literal('wrongContentLength'), deltaBytes: z.int().default(1) }),
  /** HTTP 200 with `errors` and no data. */
  z.strictObject({ kind: z.literal('graphqlErrors'), message: z.string().default('Exception while fetching data') }),
  /** HTTP 200 whose JSON breaks off, with a length that fits. */
  z.strictObject({ kind: z.literal('malformedJson') }),
  /** A member that no specification names, in every row of a Search page or of a REST list. */
  z.strictObject({
    kind: z.literal('unknownField'),
    name: z.string().min(1).default('futureField'),
    value: z.json().default('new'),
  }),
  /** A value that no list names, in a field of raw Search rows; `activities.nodes.eventName` reaches inside. */
  z.strictObject({
    kind: z.literal('unknownEnum'),
    field: z.string().min(1).default('status'),
    value: z.string().default('a-new-value'),
    share,
  }),
  /** Other values in fields of raw Search rows, as after a correction. */
  z.strictObject({ kind: z.literal('changeRows'), set: z.record(z.string(), z.json()), share }),
  /** Rows missing from raw Search pages for good, by id or by share. */
  z.strictObject({ kind: z.literal('deleteRows'), ids: z.array(z.string()).optional(), share }),
  /** Rows left out of a raw Search page silently; others the next time. */
  z.strictObject({ kind: z.literal('dropRows'), share: share.default(0.1) }),
  /** Rows that stand twice in a raw Search page. */
  z.strictObject({ kind: z.literal('doubleRows'), share: share.default(0.1) }),
  /** Raw Search pages whose rows are in another order each time. */
  z.strictObject({ kind: z.literal('shuffleRows') }),
  /** Rows that raw Search pages show so much later than they began, by the simulated clock. */
  z.strictObject({ kind: z.literal('lateRows'), lateMs: z.int().min(1), share }),
  /** Records (by id) that show neither in lists nor in counts before a moment, epoch ms of the simulated clock. */
  z.strictObject({ kind: z.literal('lateRecords'), showsAtMs: z.record(z.string(), z.int()) }),
  /** Records that lists and counts show with other values from a moment on; `add` is added to numbers. */
  z.strictObject({
    kind: z.literal('editRecords'),
    edits: z.array(
      z.strictObject({
        id: z.string().min(1),
        atMs: z.int(),
        set: z.record(z.string(), z.json()).default({}),
        add: z.record(z.string(), z.number()).default({}),
      }),
    ),
  }),
  /** Leaves tasks out of raw answers while aggregations count them; lasts until faults are cleared. */
  z.strictObject({ kind: z.literal('dropTasks'), tasks: z.int().min(1) }),
  /** Aggregations look at the world of an earlier moment, as a stale replica would. */
  z.strictObject({ kind: z.literal('staleCount'), staleMs: z.int().min(1) }),
  /** Everything Search answers is of an earlier moment: the same query, an older answer. */
  z.strictObject({ kind: z.literal('staleReplica'), staleMs: z.int().min(1) }),
  /** The service's own clock is ahead (or behind): its `Date` header and what Search takes for now. */
  z.strictObject({ kind: z.literal('clockSkew'), skewMs: z.int() }),
  /** Capture links are treated as expired. */
  z.strictObject({ kind: z.literal('expireLinks') }),
  /** The first half of a capture arrives, the connection breaks, and from then on the link has expired. */
  z.strictObject({ kind: z.literal('expireMidDownload') }),
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
  /** Organization of the token. */
  org: z.string().min(1).optional(),
  /** Client id of the token. */
  client: z.string().min(1).optional(),
  /** Epoch ms of the simulated clock, half-open. */
  fromMs: z.int().optional(),
  toMs: z.int().optional(),
})

export const faultSchema = z.strictObject({
  match: match.default({}),
  /** How many matching requests pass untouched first. */
  skip: z.int().min(0).default(0),
  /** Of those after that, every so many-th is hit, the first one included. */
  every: z.int().min(1).default(1),
  /** How many requests it hits; absent: all until cleared. */
  times: z.int().min(1).optional(),
  /** Share of the matching requests that it hits, drawn by `seed`: the same ones each time. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().min(0).default(1),
  fault: kinds,
})

export type FaultRequest = z.output<typeof faultSchema>
export type Fault = FaultRequest['fault']
export type FaultKind = Fault['kind']
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>
