import { mkdir, mkdtemp, rm, chmod, appendFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource, listSources } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { type RunningRedis, startRedis } from '@wxcc/sandbox/redis'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { migrateDatabase } from '../verbs/migrate.ts'
import type { DemoOptions } from './demo-options.ts'
import { DEMO_SETTLE_MS, type KeptRun, clockStart, openRun } from './kept-run.ts'
import { type SimulatorInfo, moveClockTo, readInfo } from './simulator.ts'

const APPS = path.join(import.meta.dirname, '../../..')

/** The workers, in the order of the data's way; `--workers` multiplies each. */
export const WORKERS = ['planner', 'fetcher', 'mapper', 'recording-downloader'] as const
export type WorkerName = (typeof WORKERS)[number]

/** A running demo: everything it started, and how to reach it. */
export interface Demo {
  readonly db: Database
  readonly databaseUrl: string
  readonly redis: RunningRedis
  readonly queuePrefix: string
  readonly simulatorUrl: string
  readonly boardUrl: string
  readonly boardPassword: string
  readonly secretsKey: string
  readonly contactKey: string
  readonly workers: readonly { readonly worker: WorkerName; readonly app: RunningApp }[]
  /** What is to be loaded before the day is complete, epoch ms. */
  readonly range: { readonly fromMs: number; readonly toMs: number }
  readonly hasTruth: boolean
  readonly logFolder: string
  readonly stop: () => Promise<void>
}

/** Starts servers, simulator, all workers and the board, in order. What was started is stopped again when something fails on the way. */
export async function startDemo(options: DemoOptions, say: (line: string) => void): Promise<Demo> {
  const sandbox = new Sandbox()
  const folder = options.dataDir === undefined ? await temporaryFolder() : path.resolve(options.dataDir)
  const stop = async () => {
    await sandbox.stop()
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await startParts(options, sandbox, folder, say)), stop }
  } catch (error) {
    // What failed first is what the person has to hear of.
    await stop().catch(() => {})
    throw error
  }
}

async function startParts(
  options: DemoOptions,
  sandbox: Sandbox,
  folder: string,
  say: (line: string) => void,
): Promise<Omit<Demo, 'stop'>> {
  const nowMs = Date.now()
  const run = await openRun(folder, options, nowMs)
  const logFolder = path.join(folder, 'logs')
  await mkdir(logFolder, { recursive: true })
  const logTo = (name: string) => (line: string) =>
    void appendFile(path.join(logFolder, `${name}.log`), `${line}\n`).catch(() => {})

  say('starting Postgres, Redis and the simulator')
  const [postgres, redis, simulator] = await Promise.all([
    sandbox.start('postgres', () =>
      startPostgres({ dataDir: path.join(folder, 'postgres'), onLine: logTo('postgres') }),
    ),
    sandbox.start('redis', () =>
      startRedis({ dataDir: path.join(folder, 'redis'), isNpmForced: options.npmRedis, onLine: logTo('redis') }),
    ),
    sandbox.start('webex-simulator', () =>
      startApp({
        name: 'webex-simulator',
        entry: mainOf('webex-simulator'),
        env: simulatorEnv(options, run, nowMs),
        onLine: logTo('webex-simulator'),
      }),
    ),
  ])
  if (redis.kind === 'npm')
    say('no redis-server or valkey-server used: the Redis from npm does for a look, not for production')
  await migrateDatabase(postgres.url)

  const info = await readInfo(simulator.url())
  const db = connectDatabase({ url: postgres.url, applicationName: 'demo' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  const range = { fromMs: info.history.fromMs, toMs: info.history.toMs }
  // A dataset's clock stands just after its last record: its last quarter hour would close only a while later.
  if (options.dataset !== undefined) await moveClockTo(simulator.url(), range.toMs + DEMO_SETTLE_MS)
  await connectSource(db, { options, run, info, simulatorUrl: simulator.url() })

  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: 'wxcc',
    CLOCK_URL: `${simulator.url()}/_sim/clock`,
    SECRETS_KEY: run.secretsKey,
    CONTACT_KEY: run.contactKey,
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    SPOOL_DIR: path.join(folder, 'spool'),
    LEASE_MS: String(options.leaseMs),
    // One page a span: a day is shared by all workers, and the first rows are there early.
    SPAN_PAGES: '1',
    // A day that is watched does not wait for a tenth recording.
    CAPTURE_WAIT_MS: '10000',
    DASHBOARD_USER: 'operator',
    DASHBOARD_PASSWORD: run.dashboardPassword,
    WEBEX_SIMULATOR_URL: simulator.url(),
  }
  say(`starting ${options.workers === 1 ? '' : `${options.workers} each of `}${WORKERS.join(', ')} and the board`)
  const start = (app: string, name: string) =>
    sandbox.start(name, () =>
      startApp({
        name,
        entry: mainOf(app),
        env: { ...env, SPOOL_DIR: path.join(folder, 'spool', name) },
        onLine: logTo(name),
      }),
    )
  const [dashboard, ...workers] = await Promise.all([
    start('dashboard', 'dashboard'),
    ...WORKERS.flatMap((worker) =>
      Array.from({ length: options.workers }, async (_, index) => ({
        worker,
        app: await start(worker, `${worker}-${index + 1}`),
      })),
    ),
  ])

  return {
    db,
    databaseUrl: postgres.url,
    redis,
    queuePrefix: env.QUEUE_PREFIX,
    simulatorUrl: simulator.url(),
    boardUrl: dashboard.url(),
    boardPassword: run.dashboardPassword,
    secretsKey: run.secretsKey,
    contactKey: run.contactKey,
    workers,
    range,
    hasTruth: options.dataset === undefined,
    logFolder,
  }
}

function simulatorEnv(options: DemoOptions, run: KeptRun, nowMs: number): Record<string, string> {
  const until = new Date(run.historyUntilMs).toISOString()
  return {
    SIM_SEED: String(run.seed),
    SIM_TASKS_PER_DAY: String(run.tasksPerDay),
    SIM_DAYS: String(run.days),
    SIM_AGENTS: String(run.agents),
    SIM_PERSONA: options.persona,
    SIM_DROP_TASKS: String(options.dropRows),
    ...(options.dataset === undefined
      ? {
          SIM_HISTORY_UNTIL: until,
          SIM_CLOCK_START: new Date(clockStart(run, nowMs)).toISOString(),
          // A run that ends has a world that stands still: what is loaded does not depend on how long loading took.
          ...(options.once ? { SIM_WORLD_UNTIL: until } : {}),
        }
      : { SIM_DATASET: path.resolve(options.dataset) }),
  }
}

/** The simulated organisation becomes a data source, once per data folder. */
async function connectSource(
  db: Database,
  given: {
    readonly options: DemoOptions
    readonly run: KeptRun
    readonly info: SimulatorInfo
    readonly simulatorUrl: string
  },
): Promise<void> {
  const { options, run, info, simulatorUrl } = given
  const until = options.once || options.dataset !== undefined ? new Date(info.history.toMs) : null
  const [known] = await listSources(db)
  if (known !== undefined) {
    await db
      .updateTable('etl.data_source')
      .set({ api_url: simulatorUrl, load_until: until })
      .where('data_source_id', '=', known.dataSourceId)
      .execute()
    await db
      .updateTable('etl.credential')
      .set({ token_url: `${simulatorUrl}/v1/access_token`, access_token_sealed: null })
      .execute()
    return
  }
  const credentialId = await openCredentials(db, readSealingKey(run.secretsKey)).add({
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    refreshToken: 'simulated-refresh-token',
    tokenUrl: `${simulatorUrl}/v1/access_token`,
  })
  await addSource(db, {
    key: 'demo',
    displayName: 'Simulated contact centre',
    orgId: info.orgId,
    dataCenter: 'us1',
    apiUrl: simulatorUrl,
    credentialId,
    loadFromMs: info.history.fromMs,
    loadUntilMs: until?.getTime() ?? null,
    settleMs: DEMO_SETTLE_MS,
  })
}

function mainOf(app: string): string {
  return path.join(APPS, app, 'src/main.ts')
}

/** Below the temporary folder and open to walk through: as root, Postgres runs as another user. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-demo-'))
  await chmod(folder, 0o755)
  return folder
}
