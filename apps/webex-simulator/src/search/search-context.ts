import type { RecordIndex } from './record-index.ts'
import type { RootName } from './field-table.ts'

/** What a query may look at: one moment of the world, and how the simulator is set to behave. */
export interface SearchContext {
  readonly nowMs: number
  readonly bounds: 'half-open' | 'closed' | 'open'
  readonly innerTies: 'whole' | 'skip'
  /** Records of a root. Counting may be told to look at an older moment than listing (stale replica). */
  readonly index: (root: RootName, use: 'raw' | 'aggregation') => RecordIndex
  /** Ids of tasks left out of raw answers only. */
  readonly droppedTasks: ReadonlySet<string>
}
