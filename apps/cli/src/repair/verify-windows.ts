import type { Database } from '@wxcc/db/connect'
import {
  type StandingWindow,
  type WindowsAsked,
  askForCounts,
  countUndecided,
  listStanding,
  readFetches,
} from '@wxcc/db/repair'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { waitFor } from './wait-for.ts'

/** What a fresh count says of a window. */
export interface VerifiedWindow extends Omit<StandingWindow, 'fetchId'> {
  /**
   * `equal`: what is stored is what the vendor counts. `differs`: it is not; the window is read again by itself, or has been (then its state is
   * `verified`). `unread`: it waits for its first fetch, or the fetch failed. `expired`: retention has removed what it proved.
   */
  readonly verdict: Verdict
}
type Verdict = 'equal' | 'differs' | 'unread' | 'expired'

export interface Verification {
  readonly windows: Readonly<Record<Verdict, number>>
  /** Counts asked for: one request each. */
  readonly counts: number
  /** Those that failed; their days were not verified. */
  readonly failedCounts: readonly { readonly fetchId: number; readonly code: string }[]
  /** All but the equal and expired ones. */
  readonly notEqual: readonly VerifiedWindow[]
  readonly ok: boolean
}

/** Asks for fresh counts and waits for the planner's verdict about every window. Throws a `ReadableError` when the ledger holds none of them. */
export async function verifyWindows(
  db: Database,
  asked: WindowsAsked,
  how: { readonly nowMs: number; readonly timeoutMs: number; readonly say: (line: string) => void },
): Promise<Verification> {
  const before = new Map((await listStanding(db, asked)).map((window) => [nameOf(window), window]))
  if (before.size === 0) throw new ReadableError('the ledger holds no quarter hour of this range')
  const counts = await askForCounts(db, asked, how.nowMs)
  how.say(`${counts.length} counts asked for`)
  await waitFor(async () => (await readFetches(db, counts)).open, { ...how, what: 'counts' })
  await waitFor(() => countUndecided(db, asked, false), { ...how, what: 'verdicts' })

  const after = await listStanding(db, asked)
  const { failed } = await readFetches(db, counts)
  const windows = after.map(({ fetchId, ...window }): VerifiedWindow => {
    const known = before.get(nameOf(window))
    return { ...window, verdict: verdictOf({ ...window, fetchId }, known) }
  })
  const numberOf = (verdict: Verdict) => windows.filter((window) => window.verdict === verdict).length
  const notEqual = windows.filter(({ verdict }) => verdict === 'differs' || verdict === 'unread')
  return {
    windows: {
      equal: numberOf('equal'),
      differs: numberOf('differs'),
      unread: numberOf('unread'),
      expired: numberOf('expired'),
    },
    counts: counts.length,
    failedCounts: failed,
    notEqual,
    ok: notEqual.length === 0 && failed.length === 0,
  }
}

/** A window that was proved and is proved again by another fetch had differed in between, too briefly for us to see. */
export function verdictOf(after: StandingWindow, before: StandingWindow | undefined): Verdict {
  switch (after.state) {
    case 'expired':
      return 'expired'
    case 'verified':
    case 'sealed':
      return isProved(before) && before.fetchId !== after.fetchId ? 'differs' : 'equal'
    case 'short':
    case 'over':
      return 'differs'
    case 'planned':
    case 'loaded':
      return after.finding === null ? 'unread' : 'differs'
    case 'failed':
      return 'unread'
    default:
      return after.state satisfies never
  }
}

function isProved(window: StandingWindow | undefined): window is StandingWindow {
  return window?.state === 'verified' || window?.state === 'sealed'
}

function nameOf(window: Pick<StandingWindow, 'dataSourceKey' | 'stream' | 'windowStart'>): string {
  return `${window.dataSourceKey} ${window.stream} ${window.windowStart.getTime()}`
}
