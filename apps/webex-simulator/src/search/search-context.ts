import type { SeenSource } from '../seen-world.ts'
import type { RecordOf, SeenRecord } from '../world.ts'
import type { RootName } from './field-table.ts'
import type { KeptAnswers } from './kept-answers.ts'

/** What a query may look at: one moment of the world, and how the simulator is set to behave. */
export interface SearchContext {
  /** Epoch ms of the vendor's clock: the age of `from` and a `to` in the future are judged by it. */
  readonly nowMs: number
  readonly bounds: 'half-open' | 'closed' | 'open'
  readonly spanLimit: '365-days' | '13-months'
  readonly innerTies: 'whole' | 'skip'
  readonly emptyObjects: 'members-null' | 'null'
  /** Left out only of thin records, whose nulls would be most of the page. */
  readonly absentMembers: 'null' | 'left-out'
  /** Whether the schema may be asked for. */
  readonly introspection: boolean
  /** HTTP status of a query beyond a limit for which the vendor documents no other. */
  readonly limitStatus: number
  /** Records of a root. Counting may be told to look at an older moment than listing (stale replica). */
  readonly source: (root: RootName, use: 'raw' | 'aggregation') => SeenSource
  /** Ids and groups found by earlier pages of the same query. */
  readonly kept: KeptAnswers
  /** Ids of tasks left out of raw answers only. */
  readonly droppedTasks: ReadonlySet<string>
  /** Faults on the rows of a raw page: dropped, doubled, in another order. */
  readonly distort?: (rows: readonly SeenRecord[]) => readonly SeenRecord[]
  /** Faults inside a raw row: values changed or unknown. */
  readonly distortRecord?: (record: RecordOf) => RecordOf
  /** Told of each raw page. */
  readonly served?: (root: RootName, ids: readonly string[]) => void
}
