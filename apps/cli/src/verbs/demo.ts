import { ReadableError } from '@wxcc/runtime/readable-error'
import { ChildNotStarted } from '@wxcc/sandbox/child'
import { Command, Option } from 'commander'
import { checkFolders } from '../demo/check-folders.ts'
import { DEMO_DEFAULTS, type DemoOptions, PERSONAS, type Persona } from '../demo/demo-options.ts'
import { writeMeasured } from '../demo/figures.ts'
import { followLiveEdge } from '../demo/live-edge.ts'
import { nineMetricsTable } from '../demo/metrics.ts'
import { isComplete } from '../demo/progress.ts'
import { type DayResult, explainDay, measureDay, watchDay } from '../demo/run-demo.ts'
import { type Demo, startDemo } from '../demo/start-demo.ts'
import { instant, whole } from '../option-parsers.ts'

interface Flags {
  readonly once?: boolean
  readonly json?: string
  readonly seed: number
  readonly tasksPerDay: number
  readonly days: number
  readonly agents: number
  readonly workers: number
  readonly at?: number
  readonly data?: string
  readonly dataset?: string
  readonly persona: Persona
  readonly dropRows: number
  readonly redis: string
  readonly leaseMs: number
}

/** `wxcc demo`: the whole pipeline on the simulator, with nothing installed. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('the whole pipeline on a simulated contact centre: rows in Postgres, a board to open')
    .option(
      '--once',
      'load the day and exit: 0 when every quarter hour is verified, 1 with the windows and reasons if not',
    )
    .option('--json <file>', 'write the figures of the run to this file')
    .option('--seed <n>', 'which simulated day', whole(0), DEMO_DEFAULTS.seed)
    .option('--tasks-per-day <n>', 'contacts per day', whole(1), DEMO_DEFAULTS.tasksPerDay)
    .option('--days <n>', 'days of history', whole(1), DEMO_DEFAULTS.days)
    .option('--agents <n>', 'agents of the centre', whole(1), DEMO_DEFAULTS.agents)
    .option('--workers <n>', 'how many of every worker', whole(1), DEMO_DEFAULTS.workers)
    .option(
      '--at <instant>',
      'end the simulated day at this moment (ISO 8601) instead of now, for repeatable runs',
      instant,
    )
    .option('--data <dir>', 'keep the data in this folder between runs')
    .option('--dataset <dir>', 'load recorded records instead of simulated ones')
    .addOption(
      new Option('--persona <name>', 'which tenant the simulated vendor is: what its documentation leaves open')
        .choices(PERSONAS)
        .default(DEMO_DEFAULTS.persona),
    )
    .option('--drop-rows <n>', 'the simulated vendor counts this many tasks but never delivers them', whole(0), 0)
    .addOption(
      new Option('--redis <kind>', '"npm" uses the Redis from npm although a real one is there')
        .choices(['auto', 'npm'])
        .default('auto'),
    )
    .option('--lease-ms <ms>', 'how long a silent worker keeps what it claimed', whole(1_000), DEMO_DEFAULTS.leaseMs)
    .action(runDemo)
}

async function runDemo(flags: Flags): Promise<void> {
  const startedMs = performance.now()
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort())

  await checkFolders(flags)
  const demo = await startDemo(toOptions(flags), say).catch((error: unknown) => {
    throw error instanceof ChildNotStarted ? new ReadableError(error.message, { cause: error }) : error
  })
  try {
    console.log(addresses(demo))
    const day = await watchDay(demo, { startedMs, say, signal: interrupt.signal })
    await reportDay(demo, day, flags)
    if (!flags.once) await liveOn(demo, interrupt.signal)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
  } finally {
    say('stopping everything that was started')
    await demo.stop()
  }
}

async function reportDay(demo: Demo, day: DayResult, flags: Flags): Promise<void> {
  const measured = await measureDay(demo, day, flags.seed)
  if (flags.json !== undefined) await writeMeasured(flags.json, measured)
  console.log(`\n${await nineMetricsTable(demo.db)}\n`)
  if (isComplete(day.progress)) {
    console.log(
      `Complete: every one of the ${day.progress.windowsTotal} windows is verified after ${measured.figures.secondsToComplete} s.`,
    )
  } else {
    console.log('Not complete:')
    for (const line of await explainDay(demo, day.progress)) console.log(`  ${line}`)
  }
  if (demo.hasTruth) {
    const { figures } = measured
    console.log(
      `Against the script of the simulated day: ${figures.conversations} of ${figures.truthTasks} tasks, ` +
        `${figures.engagementsEqual} of ${figures.truthEngagements} engagements equal, ` +
        `${figures.recordingsStored} of ${figures.recordingsExpected} recordings.`,
    )
  }
  if (flags.once && !measured.ok) process.exitCode = 1
}

/** Stays up; says a line whenever another quarter hour is proved. */
async function liveOn(demo: Demo, signal: AbortSignal): Promise<void> {
  console.log(`\n${addresses(demo)}\n\nLoading the live edge. Ctrl-C stops everything.`)
  await followLiveEdge(demo, { say, signal })
}

function addresses(demo: Demo): string {
  return [
    `board     ${demo.boardUrl}   user: operator   password: ${demo.boardPassword}`,
    `database  psql "${demo.databaseUrl}"`,
    `redis     ${demo.redis.url}`,
    `logs      ${demo.logFolder}`,
  ].join('\n')
}

function toOptions(flags: Flags): DemoOptions {
  return {
    once: flags.once ?? false,
    seed: flags.seed,
    tasksPerDay: flags.tasksPerDay,
    days: flags.days,
    agents: flags.agents,
    workers: flags.workers,
    atMs: flags.at,
    dataDir: flags.data,
    dataset: flags.dataset,
    persona: flags.persona,
    dropRows: flags.dropRows,
    npmRedis: flags.redis === 'npm',
    leaseMs: flags.leaseMs,
  }
}

function say(line: string): void {
  console.log(`  ${line}`)
}
