import { Command } from 'commander'
import { noteActHere } from '../note-act.ts'
import { withLedger } from '../repair/ledger-at-hand.ts'
import { type RangeFlags, readRange, saying, withRange } from '../repair/range-options.ts'
import { type Repair, repairWindows } from '../repair/repair-windows.ts'
import { windowLine } from '../window-line.ts'

/** `wxcc repair`: reads a range anew beside live loading; exit code 1 if a quarter hour could not be proved. */
export function repairCommand(): Command {
  return withRange(
    new Command('repair').description('count and read a range anew, beside live loading, and wait until it is proved'),
  ).action((flags: RangeFlags) =>
    withLedger(async ({ db, now }) => {
      const range = await readRange(db, flags)
      const [from, to] = [range.fromMs, range.toMs].map((ms) => new Date(ms).toISOString())
      await noteActHere(db, {
        action: 'repair windows',
        subject: flags.source ?? 'all sources',
        details: { from: from!, to: to! },
      })
      const repair = await repairWindows(db, range, {
        nowMs: await now(),
        timeoutMs: flags.timeout * 60_000,
        say: saying(flags),
      })
      console.log(flags.json ? JSON.stringify(repair, null, 2) : describe(repair))
      if (!repair.ok) process.exitCode = 1
    }),
  )
}

function describe({ planned, proved, unread, unproved, recordsBefore, recordsAfter }: Repair): string {
  return [
    ...unproved.map(windowLine),
    `${planned} quarter hours read again: ${proved} proved · ${unproved.length} not proved · ${unread} not read yet`,
    `${recordsAfter} records stored, ${recordsBefore} before`,
  ].join('\n')
}
