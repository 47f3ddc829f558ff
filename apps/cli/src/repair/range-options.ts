import { WINDOW_MS, floorToWindow } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import type { WindowsAsked } from '@wxcc/db/repair'
import { ReadableError } from '@wxcc/runtime/readable-error'
import type { Command } from 'commander'
import { instant, whole } from '../option-parsers.ts'
import { chooseSources } from './ledger-at-hand.ts'

export interface RangeFlags {
  readonly from: number
  readonly to: number
  readonly source?: string
  readonly timeout: number
  readonly json?: boolean
}

/** The options of every verb that acts on the quarter hours between two moments. */
export function withRange(command: Command): Command {
  return command
    .requiredOption('--from <instant>', 'first quarter hour, e.g. 2026-11-20T00:00:00Z or 2026-11-20', instant)
    .requiredOption('--to <instant>', 'where it ends, exclusive', instant)
    .option('--source <key>', 'only this source; all that are active otherwise')
    .option('--timeout <minutes>', 'how long to wait for workers, in real time', whole(1), 60)
    .option('--json', 'print everything as JSON')
}

/** The quarter hours that the range touches. Throws a `ReadableError`. */
export async function readRange(db: Database, flags: RangeFlags): Promise<WindowsAsked> {
  const fromMs = floorToWindow(flags.from)
  const toMs = floorToWindow(flags.to + WINDOW_MS - 1)
  if (toMs <= fromMs) throw new ReadableError('--to must be later than --from')
  return { dataSourceIds: await chooseSources(db, { key: flags.source, isActive: true }), fromMs, toMs }
}

/** Progress goes to stderr, so that the answer on stdout stays whole. */
export function saying(flags: RangeFlags): (line: string) => void {
  return flags.json === true ? () => {} : (line) => console.error(line)
}
