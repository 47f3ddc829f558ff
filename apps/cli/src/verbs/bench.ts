import { Command } from 'commander'
import { DEMO_DEFAULTS } from '../demo/demo-options.ts'
import { type Measured, writeMeasured } from '../demo/figures.ts'
import { isComplete } from '../demo/progress.ts'
import { measureDay, watchDay } from '../demo/run-demo.ts'
import { startDemo } from '../demo/start-demo.ts'
import { whole } from '../option-parsers.ts'
import { table } from '../table.ts'
import { benchBudget } from './bench-budget.ts'
import { benchConnection } from './bench-connection.ts'
import { benchForecast } from './bench-forecast.ts'
import { benchMapper } from './bench-mapper.ts'
import { benchPipeline } from './bench-pipeline.ts'
import { benchProof } from './bench-proof.ts'
import { benchCustody } from './bench-custody.ts'
import { benchRecordings } from './bench-recordings.ts'
import { benchRequests } from './bench-requests.ts'
import { benchSimulator } from './bench-simulator.ts'
import { benchSpike } from './bench-spike.ts'

interface Flags {
  readonly seed: number
  readonly tasksPerDay: number
  readonly workers: number
  readonly json?: string
}

/** `wxcc bench`: figures beside a baseline of the same run, for times of one machine say little by themselves. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('measure, against a baseline in the same run')
    .addCommand(
      new Command('workers')
        .description('load the same simulated day with one and with several of every worker')
        .option('--seed <n>', 'which simulated day', whole(0), 1)
        .option('--tasks-per-day <n>', 'contacts per day', whole(1), 1_000)
        .option('--workers <n>', 'how many of every worker to compare with one', whole(2), 2)
        .option('--json <file>', 'write the figures to this file')
        .action(benchWorkers),
    )
    .addCommand(
      new Command('simulator')
        .description('what the simulated vendor costs: full pages, start, memory over 13 months, a month of ids')
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--tasks-per-month <n>', 'size of the contact centre', whole(1), 1_000_000)
        .option('--months <n>', 'length of its history', whole(1), 13)
        .option('--short', 'hours instead of days, for a look in under a minute')
        .option('--json <file>', 'write the figures to this file')
        .action(benchSimulator),
    )
    .addCommand(
      new Command('forecast')
        .description('what a history was said to take, against what it took')
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--tasks-per-day <n>', 'size of the contact centre', whole(1), 330)
        .option('--speed <n>', 'simulated seconds per second', whole(1), 60)
        .option('--short', 'two weeks instead of two months')
        .option('--json <file>', 'write the figures to this file')
        .action(benchForecast),
    )
    .addCommand(
      new Command('connection')
        .description(
          'tokens under a stampede, kills at every line of a refresh, months of life, silence and a new consent',
        )
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--processes <n>', 'how many need a token at once', whole(2), 50)
        .option('--short', 'eight processes, one kill of each kind, twenty days')
        .option('--json <file>', 'write the figures to this file')
        .action(benchConnection),
    )
    .addCommand(
      new Command('budget')
        .description('live quarter hours alone and behind months of history, under a limit and 429s')
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--limit <n>', 'requests per simulated minute and client id', whole(5), 60)
        .option('--speed <n>', 'simulated seconds per second while all workers wait', whole(1), 10)
        .option('--short', 'one quarter hour instead of three')
        .option('--json <file>', 'write the figures to this file')
        .action(benchBudget),
    )
    .addCommand(
      new Command('spike')
        .description(
          'ten times the traffic for two hours, Redis emptied: nothing lost, and drained when it was foretold',
        )
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--limit <n>', 'requests per simulated minute', whole(5), 7)
        .option('--speed <n>', 'simulated seconds per second while all workers wait', whole(1), 45)
        .option('--short', 'half an hour instead of two hours')
        .option('--json <file>', 'write the figures to this file')
        .action(benchSpike),
    )
    .addCommand(
      new Command('requests')
        .description('requests for closed history of 13 months, and for a live day, against the fewest that could do')
        .option('--seed <n>', 'which centres', whole(0), 1)
        .option('--speed <n>', 'seconds of the clock per second', whole(1), 180)
        .option('--short', 'a month, and a tenth of the traffic')
        .option('--json <file>', 'write the figures to this file')
        .action(benchRequests),
    )
    .addCommand(
      new Command('pipeline')
        .description('a day from the simulator to verified rows, beside a loader that only copies the same answers')
        .option('--seed <n>', 'which centre', whole(0), 1)
        .option('--tasks-per-day <n>', 'contacts of the day', whole(1), 20_000)
        .option('--mappers <n>', 'mappers side by side', whole(1), 2)
        .option('--short', '2,000 contacts')
        .option('--json <file>', 'write the figures to this file')
        .action(benchPipeline),
    )
    .addCommand(
      new Command('recordings')
        .description('a recording downloader beside a bare copy with hashing; memory, disk, and killed in the middle')
        .option('--concurrency <n>', 'files at a time, of both', whole(1), 8)
        .option('--kills <n>', 'how often it is killed', whole(0), 20)
        .option('--short', 'few and small files, for a look in under a minute')
        .option('--json <file>', 'write the figures to this file')
        .action(benchRecordings),
    )
    .addCommand(
      new Command('custody')
        .description(
          'a month at a vendor whose files are cut, expired, late, lost or no audio: is every one stored, or missing for a reason?',
        )
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--tasks-per-day <n>', 'contacts per day', whole(1), 12)
        .option('--days <n>', 'length of the life that is loaded', whole(1), 31)
        .option('--short', 'two days, for a look in a minute')
        .option('--json <file>', 'write the figures to this file')
        .action(benchCustody),
    )
    .addCommand(
      new Command('proof')
        .description(
          'a month at a vendor that drops, delays, doubles and edits records: is every loss flagged and healed?',
        )
        .option('--seed <n>', 'which world, and which records', whole(0), 1)
        .option('--tasks-per-day <n>', 'contacts per day', whole(1), 60)
        .option('--days <n>', 'length of the life that is loaded', whole(1), 31)
        .option('--short', 'one day, for a look in a minute')
        .option('--json <file>', 'write the figures to this file')
        .action(benchProof),
    )
    .addCommand(
      new Command('mapper')
        .description('from raw pages to committed rows, stage by stage, then again with a tenth changed')
        .option('--seed <n>', 'which world', whole(0), 1)
        .option('--tasks <n>', 'how many tasks', whole(500), 20_000)
        .option('--span-tasks <n>', 'tasks of one span, about', whole(250), 2_000)
        .option('--mappers <n>', 'how many mappers side by side: one per core', whole(1), 2)
        .option('--short', 'two thousand tasks, for a look in under a minute')
        .option('--profile <folder>', "write V8's CPU profile of the mapper into this folder; it costs some speed")
        .option('--json <file>', 'write the figures to this file')
        .action(benchMapper),
    )
}

async function benchWorkers(flags: Flags): Promise<void> {
  const one = await loadDay(flags, 1)
  const many = await loadDay(flags, flags.workers)
  const names = ['secondsToFirstRow', 'secondsToComplete', 'requests'] as const
  const ratioOf = (name: string) => Math.round((many.figures[name]! / one.figures[name]!) * 100) / 100
  console.log(
    table(
      ['', '1 of each', `${flags.workers} of each`, 'ratio'],
      names.map((name) => [name, String(one.figures[name]), String(many.figures[name]), String(ratioOf(name))]),
    ),
  )
  if (flags.json !== undefined) {
    await writeMeasured(flags.json, {
      ok: one.ok && many.ok,
      seed: flags.seed,
      figures: {
        workers: flags.workers,
        secondsToCompleteOne: one.figures['secondsToComplete']!,
        secondsToCompleteMany: many.figures['secondsToComplete']!,
        ratioToComplete: ratioOf('secondsToComplete'),
        ratioRequests: ratioOf('requests'),
      },
    })
  }
  if (!one.ok || !many.ok) process.exitCode = 1
}

async function loadDay(flags: Flags, workers: number): Promise<Measured> {
  const say = (line: string) => console.log(`  ${workers} of each · ${line}`)
  const startedMs = performance.now()
  const demo = await startDemo(
    {
      ...DEMO_DEFAULTS,
      once: true,
      seed: flags.seed,
      tasksPerDay: flags.tasksPerDay,
      workers,
      // The same world for both, whenever it is measured.
      atMs: Date.parse('2026-11-20T10:07:00Z'),
    },
    say,
  )
  try {
    const day = await watchDay(demo, { startedMs, say })
    const measured = await measureDay(demo, day, flags.seed)
    return { ...measured, ok: isComplete(day.progress) }
  } finally {
    await demo.stop()
  }
}
