import { appendFile, chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { producerRedis } from '@wxcc/queue/connection'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { startApp } from '@wxcc/sandbox/process'
import { startRedis } from '@wxcc/sandbox/redis'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { migrateDatabase } from '../../verbs/migrate.ts'
import type { ScriptedTask } from './choose-seeds.ts'

const APPS = path.join(import.meta.dirname, '../../../..')
const KEY = Buffer.alloc(32, 7).toString('base64')
/** Far above what is needed: the budget has a bench of its own. */
const REQUESTS_PER_MINUTE = 60_000

/** Vendor, planner, fetcher and mapper as processes, on one clock that goes on by itself and is moved by hand. */
export interface ProofWorld {
  readonly db: Database
  /** Of all that is written, gone when it stops: `objects` is the store, `spool` that of the downloader. */
  readonly folder: string
  readonly vendorUrl: string
  /** The simulator's control plane; a body makes it a POST. */
  readonly control: (part: string, body?: unknown, method?: string) => Promise<unknown>
  /** Everything in Redis is gone. */
  readonly flushRedis: () => Promise<void>
  /** What will happen, from the script. */
  readonly tasks: readonly ScriptedTask[]
  readonly stop: () => Promise<void>
}

export interface ProofPlan {
  readonly seed: number
  readonly tasksPerDay: number
  /** What is loaded, while it happens; nothing happens after it. */
  readonly fromMs: number
  readonly toMs: number
  /** Settings of the vendor and of our processes besides those of every such world. */
  readonly vendor?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, string>>
  /** @default planner, fetcher, mapper */
  readonly apps?: readonly string[]
}

const APPS_OF_PROOF = ['planner', 'fetcher', 'mapper']

/** Starts everything, with the clock at the beginning. Stops what it started when something fails on the way. */
export async function startProofWorld(plan: ProofPlan): Promise<ProofWorld> {
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-proof-'))
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

async function startParts(plan: ProofPlan, sandbox: Sandbox, folder: string): Promise<Omit<ProofWorld, 'stop'>> {
  await mkdir(path.join(folder, 'logs'))
  const start = (app: string, env: Readonly<Record<string, string>>) =>
    sandbox.start(app, () =>
      startApp({
        name: app,
        entry: path.join(APPS, app, 'src/main.ts'),
        env,
        onLine: (line) => void appendFile(path.join(folder, 'logs', `${app}.log`), `${line}\n`).catch(() => {}),
      }),
    )
  const [postgres, redis, simulator] = await Promise.all([
    sandbox.start('postgres', () => startPostgres({ dataDir: path.join(folder, 'postgres') })),
    sandbox.start('redis', () => startRedis({ dataDir: path.join(folder, 'redis') })),
    start('webex-simulator', simulatorEnv(plan)),
  ])
  await migrateDatabase(postgres.url)
  const db = connectDatabase({ url: postgres.url, applicationName: 'bench' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  const connection = await producerRedis(redis.url, () => {})
  await sandbox.start('redis connection', () => Promise.resolve({ stop: async () => connection.disconnect() }))
  const control: ProofWorld['control'] = (part, body, method) => ask(`${simulator.url()}/_sim/${part}`, body, method)
  // The script is told up to the clock; nobody else looks yet.
  await control('clock', { nowMs: plan.toMs })
  const tasks = (await control(`truth/tasks?from=${plan.fromMs}&to=${plan.toMs}`)) as ScriptedTask[]
  await control('clock', { nowMs: plan.fromMs })
  await connectSource(db, plan, simulator.url(), ((await control('info')) as { readonly orgId: string }).orgId)

  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: 'bench',
    CLOCK_URL: `${simulator.url()}/_sim/clock`,
    SECRETS_KEY: KEY,
    CONTACT_KEY: KEY,
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    PLANNER_TICK_MS: '20',
    // A clock that leaps lets no lease run out.
    LEASE_MS: String(24 * 60 * 60_000),
    SPOOL_DIR: path.join(folder, 'spool'),
    LOG_LEVEL: 'warn',
    ...plan.settings,
  }
  await Promise.all((plan.apps ?? APPS_OF_PROOF).map((app) => start(app, env)))
  return {
    db,
    folder,
    vendorUrl: simulator.url(),
    control,
    flushRedis: async () => void (await connection.flushall()),
    tasks,
  }
}

function simulatorEnv(plan: ProofPlan): Record<string, string> {
  const from = new Date(plan.fromMs).toISOString()
  return {
    SIM_SEED: String(plan.seed),
    SIM_TASKS_PER_DAY: String(plan.tasksPerDay),
    SIM_DAYS: '1',
    SIM_HISTORY_UNTIL: from,
    SIM_CLOCK_START: from,
    SIM_WORLD_UNTIL: new Date(plan.toMs).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: String(REQUESTS_PER_MINUTE),
    ...plan.vendor,
  }
}

async function connectSource(db: Database, plan: ProofPlan, apiUrl: string, orgId: string): Promise<void> {
  const credentialId = await openCredentials(db, readSealingKey(KEY)).add({
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    refreshToken: 'simulated-refresh-token',
    tokenUrl: `${apiUrl}/v1/access_token`,
    rateLimitPerMinute: REQUESTS_PER_MINUTE,
  })
  await addSource(db, {
    key: 'bench',
    displayName: 'Simulated contact centre',
    orgId,
    dataCenter: 'us1',
    apiUrl,
    credentialId,
    loadFromMs: plan.fromMs,
  })
}

async function ask(url: string, body: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<unknown> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(url, { method, ...sent })
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${url}: ${await answer.text()}`)
  return answer.json()
}
