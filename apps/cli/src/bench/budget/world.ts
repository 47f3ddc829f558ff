import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { producerRedis } from '@wxcc/queue/connection'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { startRedis } from '@wxcc/sandbox/redis'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { migrateDatabase } from '../../verbs/migrate.ts'
import { type ProcessLog, readProcessLog } from './process-log.ts'
import { type BenchOrg, orgsFile, refreshTokenOf, secretOf } from './orgs.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
/** Eight workers over all queues, and the planner. */
const WORKERS = [
  'planner',
  'fetcher',
  'fetcher',
  'fetcher',
  'fetcher',
  'mapper',
  'mapper',
  'recording-downloader',
  'recording-downloader',
] as const

/** A pipeline as processes, against a simulator whose clock runs `speed` times as fast. */
export interface BudgetWorld {
  readonly db: Database
  readonly clock: () => Promise<number>
  /** The simulator's control plane; a body makes it a POST. */
  readonly control: (part: string, body?: unknown) => Promise<unknown>
  /** Everything in Redis is gone. */
  readonly flushRedis: () => Promise<void>
  readonly sourceIds: ReadonlyMap<string, number>
  readonly log: ProcessLog
  readonly apiUrl: string
  /** The simulator and the workers. */
  readonly processes: readonly RunningApp[]
  readonly postgresPid: number
  /** What a command of the CLI reads. */
  readonly settings: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

export interface WorldPlan {
  readonly orgs: readonly BenchOrg[]
  /** Requests per minute of the clock and client id. */
  readonly limitPerMinute: number
  readonly speed: number
  readonly startMs: number
  readonly historyDays: number
  /** Full pages a span may bring. @default 1 */
  readonly spanPages?: number
  /** Processes to start. @default the planner and eight workers over all queues */
  readonly workers?: readonly string[]
  /** How often the planner looks, ms of real time. @default 250 */
  readonly plannerTickMs?: number
  /** Further settings of the simulator. */
  readonly simulator?: Readonly<Record<string, string>>
  /** What each source loads; `untilMs` null = for ever. */
  readonly loads: (org: BenchOrg) => { readonly fromMs: number; readonly untilMs: number | null }
}

/** Starts everything with the clock standing still at `startMs`, then lets it run. */
export async function startBudgetWorld(plan: WorldPlan): Promise<BudgetWorld> {
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-bench-'))
  await chmod(folder, 0o755)
  const stop = async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await startParts(plan, sandbox, folder)), stop }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

async function startParts(plan: WorldPlan, sandbox: Sandbox, folder: string): Promise<Omit<BudgetWorld, 'stop'>> {
  await mkdir(path.join(folder, 'logs'))
  await writeFile(path.join(folder, 'orgs.json'), orgsFile(plan.orgs, plan.historyDays))
  const [postgres, redis, simulator] = await Promise.all([
    sandbox.start('postgres', () => startPostgres({ dataDir: path.join(folder, 'postgres') })),
    sandbox.start('redis', () => startRedis({ dataDir: path.join(folder, 'redis') })),
    sandbox.start('webex-simulator', () => startProcess(folder, 'webex-simulator', 0, simulatorEnv(plan, folder))),
  ])
  await migrateDatabase(postgres.url)
  const db = connectDatabase({ url: postgres.url, applicationName: 'bench' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  const connection = await producerRedis(redis.url, () => {})
  await sandbox.start('redis connection', () => Promise.resolve({ stop: async () => connection.disconnect() }))
  const sourceIds = await connectSources(db, plan, simulator.url())
  const log = readProcessLog()

  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: 'bench',
    CLOCK_URL: `${simulator.url()}/_sim/clock`,
    SECRETS_KEY: KEY,
    CONTACT_KEY: KEY,
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    // A clock that leaps a quarter hour lets no lease run out; but a job whose process lost its database comes back.
    LEASE_MS: String(2 * 60 * 60_000),
    PLANNER_TICK_MS: String(plan.plannerTickMs ?? 250),
    SPAN_PAGES: String(plan.spanPages ?? 1),
  }
  const apps = await Promise.all(
    (plan.workers ?? WORKERS).map((app, index) =>
      sandbox.start(app, () =>
        startProcess(folder, app, index, { ...env, SPOOL_DIR: path.join(folder, 'spool', String(index)) }, log),
      ),
    ),
  )
  const control = (part: string, body?: unknown) => ask(`${simulator.url()}/_sim/${part}`, body)
  await control('clock', { speed: plan.speed })
  return {
    db,
    sourceIds,
    log,
    settings: env,
    apiUrl: simulator.url(),
    processes: [simulator, ...apps],
    postgresPid: await postmasterOf(path.join(folder, 'postgres')),
    control,
    clock: async () => ((await control('clock')) as { readonly nowMs: number }).nowMs,
    flushRedis: async () => void (await connection.flushall()),
  }
}

function simulatorEnv(plan: WorldPlan, folder: string): Record<string, string> {
  return {
    SIM_ORGS: path.join(folder, 'orgs.json'),
    SIM_CLOCK_START: new Date(plan.startMs).toISOString(),
    SIM_CLOCK_SPEED: '0',
    SIM_RATE_LIMIT_PER_MINUTE: String(plan.limitPerMinute),
    ...plan.simulator,
  }
}

async function postmasterOf(dataDir: string): Promise<number> {
  return Number((await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0])
}

function startProcess(
  folder: string,
  app: string,
  index: number,
  env: Readonly<Record<string, string>>,
  log?: ProcessLog,
) {
  return startApp({
    name: `${app}-${index}`,
    entry: fileURLToPath(new URL(`../../../../${app}/src/main.ts`, import.meta.url)),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    onLine(line) {
      log?.note(line)
      void appendFile(path.join(folder, 'logs', `${app}-${index}.log`), `${line}\n`).catch(() => {})
    },
  })
}

async function connectSources(db: Database, plan: WorldPlan, apiUrl: string): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>()
  for (const org of plan.orgs) {
    const credentialId = await openCredentials(db, readSealingKey(KEY)).add({
      clientId: org.clientId,
      clientSecret: secretOf(org),
      refreshToken: refreshTokenOf(org),
      tokenUrl: `${apiUrl}/v1/access_token`,
      rateLimitPerMinute: plan.limitPerMinute,
    })
    const { fromMs, untilMs } = plan.loads(org)
    const { dataSourceId } = await addSource(db, {
      key: org.key,
      displayName: org.key,
      orgId: org.orgId,
      dataCenter: 'us1',
      apiUrl,
      credentialId,
      loadFromMs: fromMs,
      loadUntilMs: untilMs,
    })
    ids.set(org.key, dataSourceId)
  }
  return ids
}

async function ask(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(
    url,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  )
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${url}: ${await answer.text()}`)
  return answer.json()
}
