import type { CaptureState, FetchState, WindowState } from '@wxcc/contracts/ledger'

/**
 * Every move the ledger's rows may make, and no other. A move is a compare-and-set: the update names the states it may leave
 * (`statesBefore`), and a row that stands elsewhere by then is not touched.
 */
type Moves<State extends string> = Readonly<Record<State, readonly State[]>>

export const FETCH_MOVES: Moves<FetchState> = {
  /** Admitted within the request budget. */
  pending: ['queued'],
  /** Claimed by a worker; or its job was lost with Redis. */
  queued: ['running', 'pending'],
  /** Ended, given up, given back, or its lease ran out. */
  running: ['fetched', 'done', 'pending', 'failed'],
  fetched: ['mapped', 'failed'],
  /** Mapped again by a person, from the pages that are kept. */
  mapped: ['fetched'],
  done: [],
  /** Replayed by a person: asked again, or mapped again when all pages are there. */
  failed: ['pending', 'fetched'],
}

export const WINDOW_MOVES: Moves<WindowState> = {
  /** `verified` at once when the vendor counts zero and nothing is stored. */
  planned: ['loaded', 'verified', 'failed', 'expired'],
  /** Back to `planned` while rounds are left; then the finding stays. */
  loaded: ['verified', 'planned', 'short', 'over', 'failed', 'expired'],
  verified: ['sealed', 'loaded', 'planned', 'short', 'over', 'expired'],
  /** A sealed day that moved is reopened. */
  sealed: ['planned', 'expired'],
  short: ['planned', 'loaded', 'verified', 'expired'],
  over: ['planned', 'loaded', 'verified', 'expired'],
  /** `loaded` when the failed fetch was replayed and mapped. */
  failed: ['planned', 'loaded', 'expired'],
  /** Retention has removed what it proved; no pass reopens it. */
  expired: [],
}

export const CAPTURE_MOVES: Moves<CaptureState> = {
  expected: ['downloading', 'stored', 'not_available', 'expired', 'refused', 'corrupt'],
  downloading: ['expected', 'stored', 'not_available', 'expired', 'refused', 'corrupt'],
  /** Retention removes the file. */
  stored: ['expired'],
  /** Asked for again: by a person, or since the task says more than before. */
  not_available: ['expected', 'downloading', 'expired'],
  /** A link that kept expiring may be listed again; what retention took stays so (its reason), unless a legal hold comes before the file is gone. */
  expired: ['downloading', 'stored'],
  refused: ['expected', 'downloading', 'expired'],
  corrupt: ['expected', 'downloading', 'expired'],
}

export function isAllowedMove<State extends string>(moves: Moves<State>, from: State, to: State): boolean {
  return moves[from].includes(to)
}

/** The states a row may leave for `to`: the compare side of the compare-and-set. */
export function statesBefore<State extends string>(moves: Moves<State>, to: State): State[] {
  return (Object.keys(moves) as State[]).filter((from) => moves[from].includes(to))
}
