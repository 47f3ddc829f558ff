import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { type Credentials, openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { pauseSource } from '@wxcc/db/source-state'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { startRedis } from '@wxcc/sandbox/redis'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { migrateDatabase } from '../../verbs/migrate.ts'
import { type BenchOrg, orgIdOf, orgsFile, refreshTokenOf, secretOf } from '../budget/orgs.ts'
import { type BenchClient, type Vendor, startVendor } from './vendor.ts'

const APPS = path.join(import.meta.dirname, '../../../..')
const KEY = Buffer.alloc(32, 7).toString('base64')
const REQUESTS_PER_MINUTE = 60_000

/** A pipeline on a clock that goes on by itself and is moved by hand: one source that is loaded, one that is paused, each with a client id of its own. */
export interface LifeWorld {
  readonly db: Database
  readonly credentials: Credentials
  readonly vendor: Vendor
  readonly control: Vendor['control']
  readonly busy: BenchOrg
  readonly clientOf: (org: BenchOrg) => BenchClient
  /** Whoever asks the vendor: starts, and is stopped again. */
  readonly startFetcher: () => Promise<RunningApp>
  readonly stop: () => Promise<void>
}

export async function startLifeWorld(fromMs: number, seed: number): Promise<LifeWorld> {
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-bench-'))
  await chmod(folder, 0o755)
  const stop = async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await startParts(sandbox, folder, fromMs, seed)), stop }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

async function startParts(
  sandbox: Sandbox,
  folder: string,
  fromMs: number,
  seed: number,
): Promise<Omit<LifeWorld, 'stop'>> {
  await mkdir(path.join(folder, 'logs'))
  const orgs = ['busy', 'idle'].map((key, index): BenchOrg => {
    return { key, orgId: orgIdOf(index), clientId: `bench-${key}`, seed: seed + index, tasksPerDay: 3 }
  })
  const file = path.join(folder, 'orgs.json')
  await writeFile(file, orgsFile(orgs, 1))
  const [postgres, redis, vendor] = await Promise.all([
    sandbox.start('postgres', () => startPostgres({ dataDir: path.join(folder, 'postgres') })),
    sandbox.start('redis', () => startRedis({ dataDir: path.join(folder, 'redis') })),
    startVendor({
      SIM_ORGS: file,
      SIM_HISTORY_UNTIL: new Date(fromMs).toISOString(),
      SIM_CLOCK_START: new Date(fromMs).toISOString(),
      SIM_RATE_LIMIT_PER_MINUTE: String(REQUESTS_PER_MINUTE),
    }),
  ])
  await sandbox.start('webex-simulator', () => Promise.resolve(vendor.app))
  await migrateDatabase(postgres.url)
  const db = connectDatabase({ url: postgres.url, applicationName: 'bench' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  const credentials = openCredentials(db, readSealingKey(KEY))
  const clientOf = (org: BenchOrg): BenchClient => ({
    clientId: org.clientId,
    clientSecret: secretOf(org),
    tokenUrl: `${vendor.app.url()}/v1/access_token`,
  })
  for (const org of orgs) {
    const credentialId = await credentials.add({
      ...clientOf(org),
      refreshToken: refreshTokenOf(org),
      rateLimitPerMinute: REQUESTS_PER_MINUTE,
    })
    const source = await addSource(db, {
      key: org.key,
      displayName: org.key,
      orgId: org.orgId,
      dataCenter: 'us1',
      apiUrl: vendor.app.url(),
      credentialId,
      loadFromMs: fromMs,
    })
    if (org.key === 'idle') await pauseSource(db, source.dataSourceId)
  }

  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: 'bench',
    CLOCK_URL: vendor.clockUrl,
    SECRETS_KEY: KEY,
    CONTACT_KEY: KEY,
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    PLANNER_TICK_MS: '50',
    KEEP_ALIVE_MS: '100',
    // The clock leaps between two pieces of work, never within one.
    LEASE_MS: String(24 * 3_600_000),
    LOG_LEVEL: 'warn',
  }
  const start = (app: string) =>
    sandbox.start(app, () =>
      startApp({
        name: app,
        entry: path.join(APPS, app, 'src/main.ts'),
        env,
        onLine: (line) => void appendFile(path.join(folder, 'logs', `${app}.log`), `${line}\n`).catch(() => {}),
      }),
    )
  await Promise.all(['planner', 'mapper'].map(start))
  return {
    db,
    credentials,
    vendor,
    control: vendor.control,
    busy: orgs[0]!,
    clientOf,
    startFetcher: () => start('fetcher'),
  }
}
