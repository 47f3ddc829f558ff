import type { Window } from '@wxcc/contracts/window'
import type { Source } from '@wxcc/db/data-source'

/** One source as every planning step sees it in one tick. */
export interface PlannedSource {
  readonly source: Source
  /** Quarter hours that may be read now (`loadRange`). */
  readonly range: Window
  readonly nowMs: number
  /** Old windows are cut into spans in this tick: sources take turns, so that no tick makes the newest quarter hour wait for all histories. */
  readonly isHistoryTurn: boolean
}
