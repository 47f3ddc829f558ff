import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { mapSpan } from '@wxcc/contracts/map-span'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { listMissingMonths } from '@wxcc/db/planning/months'
import { readSealingKey } from '@wxcc/db/seal'
import { producerRedis } from '@wxcc/queue/connection'
import { openQueues, type Queues } from '@wxcc/queue/enqueue'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { startRedis } from '@wxcc/sandbox/redis'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { sql } from 'kysely'
import { cpuMsOfFamily } from '../bench/cpu-time.ts'
import { fullTaskSelection } from '../bench/full-selection.ts'
import { type MeasuredMapper, STAGES, startMappers } from '../bench/measured-mapper.ts'
import { startMeasured } from '../bench/measured-simulator.ts'
import { askSpan, type SpanPages, type SpanTarget, storeSpan, touchSome } from '../bench/raw-spans.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'
import { migrateDatabase } from './migrate.ts'

export interface MapperFlags {
  readonly seed: number
  readonly tasks: number
  readonly spanTasks: number
  readonly mappers: number
  readonly short?: boolean
  readonly profile?: string
  readonly json?: string
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** A large centre on a working day; its clock stands later, so that all of it has settled. */
const TASKS_PER_MONTH = 1_000_000
const HISTORY_UNTIL = Date.parse('2026-11-20T00:00:00Z')
const BEGIN = HISTORY_UNTIL - 48 * HOUR_MS + 8 * HOUR_MS
const KEY = Buffer.alloc(32, 7).toString('base64')

interface Pass {
  readonly tasks: number
  readonly seconds: number
  readonly perTask: Readonly<Record<(typeof STAGES)[number] | 'cpu' | 'postgresCpu', number>>
}

/** `wxcc bench mapper`: from raw pages to committed rows, stage by stage, by the mapper as it is deployed and a Postgres of its own. */
export async function benchMapper(flags: MapperFlags): Promise<void> {
  const wanted = flags.short ? Math.min(flags.tasks, 2_000) : flags.tasks
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-bench-'))
  await chmod(folder, 0o755)
  try {
    console.log(`asking the simulator for ${wanted} tasks with every field`)
    const asked = await askTasks(flags, wanted)
    const parts = await startParts(sandbox, folder, flags)
    const figures = { mappers: flags.mappers, ...(await measure(parts, asked, flags.mappers)) }
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      ),
    )
    if (flags.json !== undefined) await writeMeasured(flags.json, { ok: true, seed: flags.seed, figures })
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Asked {
  readonly spans: readonly SpanPages[]
  readonly csrFields: number
}

/** Spans of about `spanTasks` tasks each. The simulator is gone before anything is measured. */
async function askTasks(flags: MapperFlags, wanted: number): Promise<Asked> {
  const simulator = await startMeasured({
    SIM_SEED: String(flags.seed),
    SIM_TASKS_PER_MONTH: String(TASKS_PER_MONTH),
    SIM_MONTHS: '1',
    SIM_CLOCK_SPEED: '0',
    SIM_CLOCK_START: new Date(HISTORY_UNTIL + 7 * 24 * HOUR_MS).toISOString(),
    SIM_HISTORY_UNTIL: new Date(HISTORY_UNTIL).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: '1000000',
    SIM_INTROSPECTION: 'true',
  })
  try {
    const selection = await fullTaskSelection(simulator)
    const spans: SpanPages[] = []
    let [tasks, fromMs, stretchMs] = [0, BEGIN, 10 * MINUTE_MS]
    while (tasks < wanted) {
      const pages = await askSpan(simulator, selection, { fromMs, toMs: fromMs + stretchMs })
      const count = tasksOn(pages)
      tasks += count
      spans.push(pages)
      fromMs += stretchMs
      stretchMs = Math.round(Math.max(1, Math.min(2, flags.spanTasks / Math.max(1, count))) * stretchMs)
    }
    return { spans, csrFields: selection.csrFields }
  } finally {
    await simulator.stop()
  }
}

interface Parts {
  readonly db: Database
  readonly target: SpanTarget
  readonly queues: Queues
  readonly mapper: MeasuredMapper
  readonly postgresCpuMs: () => Promise<number>
}

async function startParts(sandbox: Sandbox, folder: string, flags: MapperFlags): Promise<Parts> {
  const postgres = await sandbox.start('postgres', () => startPostgres({ dataDir: path.join(folder, 'postgres') }))
  const redis = await sandbox.start('redis', () => startRedis({ dataDir: path.join(folder, 'redis') }))
  await migrateDatabase(postgres.url)
  const db = connectDatabase({ url: postgres.url, applicationName: 'bench' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  const target = await newTarget(db, folder)
  const connection = await producerRedis(redis.url, () => {})
  await sandbox.start('redis connection', () => Promise.resolve({ stop: async () => connection.disconnect() }))
  const mapper = await sandbox.start('mapper', () =>
    startMappers(
      {
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        QUEUE_PREFIX: 'bench',
        CONTACT_KEY: KEY,
        STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
        ...(flags.profile === undefined
          ? {}
          : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path.resolve(flags.profile)}` }),
      },
      flags.mappers,
    ),
  )
  const postmaster = Number((await readFile(path.join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
  return {
    db,
    target,
    mapper,
    postgresCpuMs: () => cpuMsOfFamily(postmaster),
    queues: openQueues(connection, { prefix: 'bench' }),
  }
}

async function newTarget(db: Database, folder: string): Promise<SpanTarget> {
  const credentialId = await openCredentials(db, readSealingKey(KEY)).add({
    clientId: 'bench',
    clientSecret: 'bench',
    refreshToken: 'bench',
    tokenUrl: 'http://127.0.0.1/token',
  })
  const { dataSourceId, key } = await addSource(db, {
    key: 'bench',
    displayName: 'Benchmark',
    orgId: 'bench',
    dataCenter: 'us1',
    apiUrl: 'http://127.0.0.1',
    credentialId,
    loadFromMs: BEGIN,
  })
  for (const { parent, month } of await listMissingMonths(db, { fromMs: BEGIN, untilMs: HISTORY_UNTIL })) {
    await sql`select etl.ensure_month(${parent}::regclass, ${month}::date)`.execute(db)
  }
  return { db, dataSourceId, sourceKey: key, store: openFolderStore(path.join(folder, 'objects')) }
}

async function measure(parts: Parts, { spans, csrFields }: Asked, mappers: number): Promise<Record<string, number>> {
  const { mapper } = parts
  const idleRssMb = await mapper.rssMb()
  // A span each warms up what every mapper warms up once a day.
  const rest = spans.slice(mappers)
  if (rest.length > 0) await runPass(parts, spans.slice(0, mappers))
  const measured = rest.length > 0 ? rest : spans

  console.log('first pass: everything is new')
  const half = Math.ceil(measured.length / 2)
  const first = await runPass(parts, measured.slice(0, half))
  const second = measured.length > half ? await runPass(parts, measured.slice(half)) : first
  const peakOfSmallSpans = await mapper.peakRssMb()
  console.log('second pass: the same tasks as one span, a tenth of them changed')
  const again = await runPass(parts, [joined(measured.map((pages) => touchSome(pages, 10)))])

  const whole = together(first, second)
  const baseline = parseBaseline(measured[0]!)
  return {
    tasks: whole.tasks,
    csrFields,
    carsPerTask: round(carsOn(measured[0]!) / tasksOn(measured[0]!), 1),
    kilobytesPerTask: round(bytesOf(measured[0]!) / tasksOn(measured[0]!) / 1_000, 1),
    tasksPerSecond: Math.round(whole.tasks / whole.seconds),
    // Twice the tasks take twice the time where this is about 1.
    secondHalfToFirstHalf: round(second.seconds / second.tasks / (first.seconds / first.tasks), 2),
    readMsPerTask: whole.perTask.read,
    parseMsPerTask: whole.perTask.parse,
    segmentMsPerTask: whole.perTask.segment,
    writeMsPerTask: whole.perTask.write,
    mapperCpuMsPerTask: whole.perTask.cpu,
    postgresCpuMsPerTask: whole.perTask.postgresCpu,
    // Baseline of the same run: JSON.parse of the same pages and nothing else.
    jsonParseMsPerTask: baseline,
    cpuToJsonParse: round(whole.perTask.cpu / baseline, 1),
    changedTasksPerSecond: Math.round(again.tasks / again.seconds),
    changedWriteMsPerTask: again.perTask.write,
    changedToNew: round(again.tasks / again.seconds / (whole.tasks / whole.seconds), 2),
    largestSpanTasks: again.tasks,
    idleRssMb,
    rssMbAfterSmallSpans: peakOfSmallSpans,
    rssMb: await mapper.peakRssMb(),
    rssGrowthMb: (await mapper.peakRssMb()) - idleRssMb,
  }
}

/** Stores the spans, hands them over, and waits until all of them are mapped. */
async function runPass(
  { db, target, queues, mapper, postgresCpuMs }: Parts,
  spans: readonly SpanPages[],
): Promise<Pass> {
  const fetchIds: number[] = []
  for (const pages of spans) fetchIds.push(await storeSpan(target, pages))
  const [stagesBefore, cpuBefore, postgresBefore] = [
    await mapper.stagesMs(),
    await mapper.cpuMs(),
    await postgresCpuMs(),
  ]
  const begunMs = performance.now()
  await queues.enqueueBulk(
    mapSpan,
    fetchIds.map((fetchId) => ({ fetchId, generation: 1 })),
  )
  for (;;) {
    const { rows } = await sql<{ left: number; code: string | null }>`
      select count(*) filter (where state <> 'mapped')::int as left, max(last_code) as code
      from etl.fetch where fetch_id = any(${fetchIds}::bigint[])`.execute(db)
    if (rows[0]!.code !== null) throw new Error(`a span was not mapped: ${rows[0]!.code}`)
    if (rows[0]!.left === 0) break
    await sleep(50)
  }
  const seconds = (performance.now() - begunMs) / 1_000
  const tasks = spans.reduce((sum, pages) => sum + tasksOn(pages), 0)
  const [stagesAfter, cpuAfter, postgresAfter] = [await mapper.stagesMs(), await mapper.cpuMs(), await postgresCpuMs()]
  const perTask = Object.fromEntries(
    STAGES.map((stage) => [stage, round((stagesAfter[stage] - stagesBefore[stage]) / tasks, 3)]),
  )
  const cpu = {
    cpu: round((cpuAfter - cpuBefore) / tasks, 3),
    postgresCpu: round((postgresAfter - postgresBefore) / tasks, 3),
  }
  return { tasks, seconds, perTask: { ...perTask, ...cpu } as Pass['perTask'] }
}

function together(a: Pass, b: Pass): Pass {
  if (a === b) return a
  const tasks = a.tasks + b.tasks
  const names = [...STAGES, 'cpu', 'postgresCpu'] as const
  const perTask = Object.fromEntries(
    names.map((name) => [name, round((a.perTask[name] * a.tasks + b.perTask[name] * b.tasks) / tasks, 3)]),
  )
  return { tasks, seconds: a.seconds + b.seconds, perTask: perTask as Pass['perTask'] }
}

function joined(spans: readonly SpanPages[]): SpanPages {
  return {
    span: { fromMs: spans[0]!.span.fromMs, toMs: spans.at(-1)!.span.toMs },
    csr: spans.flatMap((pages) => pages.csr),
    car: spans.flatMap((pages) => pages.car),
  }
}

function parseBaseline(pages: SpanPages): number {
  const texts = [...pages.csr, ...pages.car]
  const begunMs = performance.now()
  for (const text of texts) JSON.parse(text)
  return round((performance.now() - begunMs) / tasksOn(pages), 3)
}

const counted = new WeakMap<SpanPages, number>()

function tasksOn(pages: SpanPages): number {
  const known = counted.get(pages)
  if (known !== undefined) return known
  const count = pages.csr.reduce((sum, page) => sum + listOf(page).length, 0)
  counted.set(pages, count)
  return count
}

function carsOn(pages: SpanPages): number {
  return pages.car.flatMap(listOf).reduce((sum, task) => sum + (task.activities?.nodes.length ?? 0), 0)
}

function listOf(page: string) {
  type Listed = { readonly activities?: { readonly nodes: readonly unknown[] } }
  return (JSON.parse(page) as { data: { taskDetails: { tasks: readonly Listed[] } } }).data.taskDetails.tasks
}

function bytesOf(pages: SpanPages): number {
  return [...pages.csr, ...pages.car].reduce((sum, page) => sum + page.length, 0)
}

function round(value: number, places: number): number {
  return Math.round(value * 10 ** places) / 10 ** places
}
