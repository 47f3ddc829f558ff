import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DAY_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import { orgsOf, refreshTokenOf, secretOf } from '../bench/budget/orgs.ts'
import { type BudgetWorld, startBudgetWorld } from '../bench/budget/world.ts'
import { cpuMsOf, cpuMsOfFamily } from '../bench/cpu-time.ts'
import { loadStraight } from '../bench/pipeline/straight-line.ts'
import { type Stretch, listStretches } from '../bench/pipeline/stretches.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface PipelineFlags {
  readonly seed: number
  readonly tasksPerDay: number
  readonly mappers: number
  readonly short?: boolean
  readonly json?: string
}

const START_MS = Date.parse('2026-11-18T00:00:00Z')
const SHORT_TASKS = 2_000
/** The budget is off. */
const NO_LIMIT = 1_000_000
const SPAN_PAGES = 8
/** As many as one fetcher has jobs of its queue at a time. */
const FETCHES_AT_A_TIME = 4
const LEAST_PER_SECOND = 650
const LEAST_RATIO = 0.45

/** `wxcc bench pipeline`: a day from the simulator to verified rows, beside a loader that only copies the same answers into one table. */
export async function benchPipeline(flags: PipelineFlags): Promise<void> {
  const orgs = orgsOf({
    clients: 1,
    perClient: 1,
    tasksPerDay: flags.short ? SHORT_TASKS : flags.tasksPerDay,
    seed: flags.seed,
  })
  const startWorld = (workers: readonly string[]) =>
    startBudgetWorld({
      orgs,
      workers,
      limitPerMinute: NO_LIMIT,
      speed: 1,
      startMs: START_MS + 4 * DAY_MS,
      historyDays: 5,
      spanPages: SPAN_PAGES,
      // Nothing yet: processes are up before the first is wanted.
      loads: () => ({ fromMs: START_MS, untilMs: START_MS }),
    })

  console.log('the pipeline: planner, fetcher, mappers')
  const ours = await startWorld(['planner', 'fetcher', ...Array.from({ length: flags.mappers }, () => 'mapper')])
  let pipeline: Awaited<ReturnType<typeof measurePipeline>>
  try {
    pipeline = await measurePipeline(ours)
  } finally {
    await ours.stop()
  }
  console.log('the straight line, from a simulator that has answered nobody yet')
  const theirs = await startWorld([])
  let straight: Awaited<ReturnType<typeof measureStraight>>
  try {
    const org = orgs[0]!
    straight = await measureStraight(theirs, pipeline.stretches, {
      orgId: org.orgId,
      clientId: org.clientId,
      clientSecret: secretOf(org),
      refreshToken: refreshTokenOf(org),
    })
  } finally {
    await theirs.stop()
  }

  const perSecond = pipeline.tasks / pipeline.seconds
  const ratio = straight.seconds / pipeline.seconds
  const figures = {
    tasks: pipeline.tasks,
    tasksPerSecond: Math.round(perSecond),
    straightTasksPerSecond: Math.round(pipeline.tasks / straight.seconds),
    ratioToStraightLine: Math.round(ratio * 100) / 100,
    straightRequests: straight.requests,
    ...pipeline.figures,
    straightSimulatorCpuSecondsPer1000: per1000(straight.simulatorCpuMs, pipeline.tasks),
    straightLoaderCpuSecondsPer1000: per1000(straight.loaderCpuMs, pipeline.tasks),
  }
  console.log(
    table(
      ['figure', 'value'],
      Object.entries(figures).map(([name, value]) => [name, String(value)]),
    ),
  )
  const ok = perSecond >= LEAST_PER_SECOND && ratio >= LEAST_RATIO
  if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
  if (!ok && !flags.short) process.exitCode = 1
}

/** From the moment a day of history is asked for until all its quarter hours are proved. */
async function measurePipeline(world: BudgetWorld) {
  const { db, processes, postgresPid } = world
  const cpu = async () => [
    await cpuMsOfFamily(postgresPid),
    ...(await Promise.all(processes.map(({ pid }) => cpuMsOf(pid())))),
  ]
  const before = await cpu()
  const begunMs = performance.now()
  await sql`update etl.data_source set load_from = ${new Date(START_MS - DAY_MS)}`.execute(db)
  await untilProved(world)
  const seconds = (performance.now() - begunMs) / 1_000
  const after = await cpu()
  const { rows } = await sql<{ tasks: number; requests: number }>`
    select (select count(*)::int from journey.conversation) as tasks, (select sum(actual_requests)::int from etl.fetch) as requests`.execute(
    db,
  )
  const { tasks, requests } = rows[0]!
  const figures: Record<string, number> = { requests }
  const names = ['postgres', ...processes.map(({ name }) => name.replace(/-\d+$/, ''))]
  for (const [index, name] of names.entries()) {
    const figure = `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}CpuSecondsPer1000`
    figures[figure] = Math.round(((figures[figure] ?? 0) + per1000(after[index]! - before[index]!, tasks)) * 100) / 100
  }
  for (const { name, pid } of processes) {
    const figure = `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}RssMb`
    figures[figure] = await peakMb(pid())
  }
  return { tasks, seconds, figures, stretches: await listStretches(db) }
}

async function untilProved({ db }: BudgetWorld): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ all: number; proved: number }>`
      select count(*)::int as all, count(*) filter (where state in ('verified','sealed'))::int as proved from etl.load_window`.execute(
      db,
    )
    if (rows[0]!.all === 2 * 96 && rows[0]!.proved === rows[0]!.all) return
    await sleep(50)
  }
}

async function measureStraight(
  world: BudgetWorld,
  stretches: readonly Stretch[],
  access: { orgId: string; clientId: string; clientSecret: string; refreshToken: string },
) {
  const simulator = world.processes[0]!
  const [simulatorBefore, loaderBefore] = [await cpuMsOf(simulator.pid()), process.cpuUsage()]
  const begunMs = performance.now()
  const requests = await loadStraight({
    access: { ...access, apiUrl: world.apiUrl },
    databaseUrl: world.settings['DATABASE_URL']!,
    stretches,
    concurrency: FETCHES_AT_A_TIME,
  })
  const seconds = (performance.now() - begunMs) / 1_000
  const { user, system } = process.cpuUsage(loaderBefore)
  return {
    seconds,
    requests,
    simulatorCpuMs: (await cpuMsOf(simulator.pid())) - simulatorBefore,
    loaderCpuMs: (user + system) / 1_000,
  }
}

/** The most it ever held. */
async function peakMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1_024)
}

/** Milliseconds of a processor for all tasks → seconds for a thousand of them. */
function per1000(cpuMs: number, tasks: number): number {
  return Math.round((cpuMs / tasks) * 100) / 100
}
