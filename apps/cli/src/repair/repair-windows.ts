import type { Database } from '@wxcc/db/connect'
import {
  type StandingWindow,
  type WindowsAsked,
  countUndecided,
  listStanding,
  planAgain,
  readFetches,
} from '@wxcc/db/repair'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { waitFor } from './wait-for.ts'

export interface Repair {
  /** Windows that were read again. */
  readonly planned: number
  readonly recordsBefore: number
  readonly recordsAfter: number
  readonly proved: number
  /** Waiting for their first turn: a repair does not hasten them. */
  readonly unread: number
  /** Read, and still not what the vendor counts. */
  readonly unproved: readonly StandingWindow[]
  readonly ok: boolean
}

/** Counts and reads all these windows anew, beside whatever else is loaded, and waits until each is proved or has its finding. */
export async function repairWindows(
  db: Database,
  asked: WindowsAsked,
  how: { readonly nowMs: number; readonly timeoutMs: number; readonly say: (line: string) => void },
): Promise<Repair> {
  const before = await listStanding(db, asked)
  if (before.length === 0) throw new ReadableError('the ledger holds no quarter hour of this range')
  const { windows: planned, counts } = await planAgain(db, asked, how.nowMs)
  how.say(`${planned} quarter hours are read again`)
  await waitFor(async () => (await readFetches(db, counts)).open, { ...how, what: 'counts' })
  const { failed } = await readFetches(db, counts)
  if (failed.length > 0)
    throw new ReadableError(
      `the vendor did not count ${failed.length} of ${counts.length} days (${failed[0]!.code}); the planner asks again by itself`,
    )
  await waitFor(() => countUndecided(db, asked, true), { ...how, what: 'quarter hours' })

  const after = await listStanding(db, asked)
  const unproved = after.filter(({ state }) => state === 'short' || state === 'over' || state === 'failed')
  return {
    planned,
    recordsBefore: recordsIn(before),
    recordsAfter: recordsIn(after),
    proved: after.filter(({ state }) => state === 'verified' || state === 'sealed').length,
    unread: after.filter(({ state }) => state === 'planned' || state === 'loaded').length,
    unproved,
    ok: unproved.length === 0,
  }
}

function recordsIn(windows: readonly StandingWindow[]): number {
  return windows.reduce((sum, { stored }) => sum + (stored ?? 0), 0)
}
