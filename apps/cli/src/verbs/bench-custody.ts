import path from 'node:path'
import { DAY_MS } from '@wxcc/contracts/window'
import { isTrueFile, judgeMonth } from '../bench/custody/judge-month.ts'
import { MONTH_FAULTS, countListings, liveMonth, trueFiles, vendorTasks } from '../bench/custody/live-month.ts'
import { startProofWorld } from '../bench/proof/world.ts'
import { checkCustody, folderFiles } from '../bench/recordings/check-custody.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface CustodyFlags {
  readonly seed: number
  readonly tasksPerDay: number
  readonly days: number
  readonly short?: boolean
  readonly json?: string
}

const FROM_MS = Date.parse('2026-10-01T00:00:00Z')
const SHORT_DAYS = 2
const MAX_LISTING_RATIO = 1.1
const NONE_OF = [
  'tasksWithoutRow',
  'missing',
  'foreign',
  'absentWithoutReason',
  'wrongFindings',
  'rowsWithoutObject',
  'objectsWithoutRow',
  'corrupt',
  'leftInSpool',
]
/** A month without one of these has shown nothing about it. */
const SOME_OF = ['stored', 'absentWithReason', 'mono', 'consultParts', 'repeatedListings', 'faultsMet']

/**
 * `wxcc bench custody`: a month goes by at a vendor whose files are cut, expire, are error pages, have wrong lengths, one channel, come hours late or
 * never. Every file must end in the store as the vendor's script has it, every absence with its reason, and nothing must be left over.
 */
export async function benchCustody(flags: CustodyFlags): Promise<void> {
  const startedMs = performance.now()
  const days = flags.short ? Math.min(SHORT_DAYS, flags.days) : flags.days
  const span = { fromMs: FROM_MS, toMs: FROM_MS + days * DAY_MS }
  const world = await startProofWorld({
    ...span,
    seed: flags.seed,
    tasksPerDay: flags.tasksPerDay,
    apps: ['planner', 'fetcher', 'mapper', 'recording-downloader'],
    vendor: { SIM_LOST_RECORDINGS: '0.05', SIM_LATE_RECORDINGS: '0.1', SIM_MONO_RECORDINGS: '0.1' },
    // So small a centre has ten calls in some hours; the clock leaps by as many.
    settings: { CAPTURE_WAIT_MS: String(DAY_MS) },
  })
  try {
    console.log(`${world.tasks.length} tasks in ${days} days`)
    await world.control('faults', MONTH_FAULTS)
    await liveMonth(world, span)
    const { faults } = (await world.control('faults')) as { readonly faults: readonly { readonly hits: number }[] }
    await world.control('faults', undefined, 'DELETE')
    const files = await trueFiles(world, span)
    const rows = await world.db.selectFrom('etl.capture').selectAll().execute()
    const figures: Record<string, number> = {
      ...judgeMonth(rows, files, await vendorTasks(world, span)),
      ...(await checkCustody({
        db: world.db,
        files: folderFiles(path.join(world.folder, 'objects'), ['recording/', 'transcript/', 'attachment/']),
        spoolFolder: path.join(world.folder, 'spool'),
        isVendors: isTrueFile(files),
      })),
      ...(await countListings(world)),
      faultsMet: faults.reduce((sum, { hits }) => sum + hits, 0),
      kindsOfFaultMet: faults.filter(({ hits }) => hits > 0).length,
      seconds: Math.round((performance.now() - startedMs) / 1_000),
    }
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      ),
    )
    const isWhole = NONE_OF.every((name) => figures[name] === 0)
    const isTelling =
      SOME_OF.every((name) => figures[name]! > 0) &&
      figures['kindsOfFaultMet'] === MONTH_FAULTS.length &&
      figures['listingRatio']! <= MAX_LISTING_RATIO
    const ok = isWhole && (isTelling || flags.short === true)
    if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
    if (!ok) process.exitCode = 1
  } finally {
    await world.stop()
  }
}
