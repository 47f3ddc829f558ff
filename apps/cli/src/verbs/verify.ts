import { Command } from 'commander'
import { withLedger } from '../repair/ledger-at-hand.ts'
import { type RangeFlags, readRange, saying, withRange } from '../repair/range-options.ts'
import { type Verification, verifyWindows } from '../repair/verify-windows.ts'
import { windowLine } from '../window-line.ts'

/** `wxcc verify`: asks the vendor for fresh counts of a range and says which quarter hours are not what it counts; exit code 1 if any. */
export function verifyCommand(): Command {
  return withRange(
    new Command('verify').description(
      'count a range at the vendor anew and compare it with what is stored; what differs is read again by itself',
    ),
  ).action((flags: RangeFlags) =>
    withLedger(async ({ db, now }) => {
      const verification = await verifyWindows(db, await readRange(db, flags), {
        nowMs: await now(),
        timeoutMs: flags.timeout * 60_000,
        say: saying(flags),
      })
      console.log(flags.json ? JSON.stringify(verification, null, 2) : describe(verification))
      if (!verification.ok) process.exitCode = 1
    }),
  )
}

function describe({ windows, counts, failedCounts, notEqual }: Verification): string {
  const expired = windows.expired === 0 ? '' : ` · ${windows.expired} removed by retention`
  return [
    ...notEqual.map((window) => `${window.verdict}  ${windowLine(window)}${references(window.trackingIds)}`),
    ...failedCounts.map(({ fetchId, code }) => `count ${fetchId} failed: ${code}`),
    `${windows.equal} equal · ${windows.differs} differ · ${windows.unread} not read yet${expired} (${counts} counts)`,
  ].join('\n')
}

function references(trackingIds: readonly string[]): string {
  return trackingIds.length === 0 ? '' : `; TrackingIds ${trackingIds.join(', ')}`
}
