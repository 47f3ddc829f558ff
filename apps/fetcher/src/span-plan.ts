import type { RecordKind } from '@wxcc/contracts/ledger'

/** A task or agent session that the span found. */
export interface Head {
  readonly id: string
  /** `createdTime` or `startTime`, epoch ms. */
  readonly timeMs: number
}

/** One nested list of activities on a page: of a task, or of one channel slot of a session. */
export interface Inner {
  /** Task id or channel id. */
  readonly owner: string
  readonly headId: string
  readonly hasNextPage: boolean
  readonly endCursor: string | null
  /** Start of the oldest activity that came, epoch ms; null when none came. */
  readonly oldestMs: number | null
}

/** A page, reduced to what the walk decides by. */
export interface WalkedPage {
  readonly body: Buffer
  readonly trackingId: string | null
  readonly recordCount: number
  readonly heads: readonly Head[]
  readonly inners: readonly Inner[]
  readonly endCursor: string | null
}

/** What one span asks for, by stream and reason. `walk-span.ts` asks it in order. */
export interface SpanPlan {
  readonly headKind: RecordKind
  readonly bodyKind: RecordKind
  heads(after: string | null): Promise<WalkedPage>
  /** How many queries the bodies take: one for a range, one per list of ids. */
  countChunks(heads: readonly Head[]): number
  bodies(heads: readonly Head[], chunk: number, after: string | null): Promise<WalkedPage>
  /** Must older activities of this owner be asked for? */
  isUnfinished(inner: Inner): boolean
  rest(owner: string, head: Head, after: string): Promise<WalkedPage>
  /** Reads a page that was stored by an earlier run. Throws `vendor_malformed`. */
  reread(kind: RecordKind, body: Buffer): WalkedPage
}
