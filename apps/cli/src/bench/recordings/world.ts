import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { downloadCaptures } from '@wxcc/contracts/download-captures'
import { expectCaptures } from '@wxcc/db/capture'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { newFetch } from '@wxcc/db/fetch-claim'
import { listMissingMonths } from '@wxcc/db/planning/months'
import { readSealingKey } from '@wxcc/db/seal'
import { producerRedis } from '@wxcc/queue/connection'
import { openQueues } from '@wxcc/queue/enqueue'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { startRedis } from '@wxcc/sandbox/redis'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { sql } from 'kysely'
import { migrateDatabase } from '../../verbs/migrate.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
const APPS = new URL('../../../../', import.meta.url)
const TASKS_PER_LISTING = 10

/** Servers, a ledger with one source, and the stand as its vendor; downloaders come and go. */
export interface RecordingsWorld {
  readonly db: Database
  readonly folder: string
  readonly objectsFolder: string
  readonly spoolFolder: string
  readonly standUrl: string
  /** `store` = settings of another store than the world's folder. */
  startDownloader(store?: Readonly<Record<string, string>>): Promise<RunningApp>
  startPlanner(): Promise<RunningApp>
  /** Tasks with one expected recording each; ended conversations, so that a planner would ask for them. */
  addTasks(taskIds: readonly string[]): Promise<void>
  /** Admits their listings, as the planner would, and hands them over. */
  admit(taskIds: readonly string[]): Promise<void>
  /** Until none of them is open; answers the seconds from now. */
  untilSettled(taskIds: readonly string[]): Promise<number>
  stop(): Promise<void>
}

export async function startWorld(given: {
  readonly concurrency: number
  readonly spoolMaxBytes: number
  /** The vendor's files begin so much after they are asked for. @default 0 */
  readonly latencyMs?: number
  /** Folder for V8's CPU profiles of the downloaders. */
  readonly profile?: string
}): Promise<RecordingsWorld> {
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-bench-'))
  await chmod(folder, 0o755)
  const stop = async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await startParts(sandbox, folder, given)), stop }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

async function startParts(
  sandbox: Sandbox,
  folder: string,
  given: Parameters<typeof startWorld>[0],
): Promise<Omit<RecordingsWorld, 'stop'>> {
  const [objectsFolder, spoolFolder] = [path.join(folder, 'objects'), path.join(folder, 'spool')]
  await mkdir(spoolFolder)
  const postgres = await sandbox.start('postgres', () => startPostgres({ dataDir: path.join(folder, 'postgres') }))
  const redis = await sandbox.start('redis', () => startRedis({ dataDir: path.join(folder, 'redis') }))
  await migrateDatabase(postgres.url)
  const db = connectDatabase({ url: postgres.url, applicationName: 'bench' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  const connection = await producerRedis(redis.url, () => {})
  await sandbox.start('redis connection', () => Promise.resolve({ stop: async () => connection.disconnect() }))
  const queues = openQueues(connection, { prefix: 'bench' })
  const stand = await sandbox.start('vendor', () =>
    startApp({
      name: 'vendor',
      entry: fileURLToPath(new URL('vendor-stand.ts', import.meta.url)),
      env: { PATH: process.env['PATH'] ?? '', LATENCY_MS: String(given.latencyMs ?? 0) },
    }),
  )
  const nowMs = Date.now()
  const credentialId = await openCredentials(db, readSealingKey(KEY)).add({
    clientId: 'bench',
    clientSecret: 'bench',
    refreshToken: 'bench',
    tokenUrl: `${stand.url()}/v1/access_token`,
    rateLimitPerMinute: 100_000,
  })
  const { dataSourceId } = await addSource(db, {
    key: 'bench',
    displayName: 'Benchmark',
    orgId: 'bench',
    dataCenter: 'us1',
    apiUrl: stand.url(),
    credentialId,
    // Nothing to load but the recordings.
    loadFromMs: nowMs,
    loadUntilMs: nowMs,
  })
  const startMs = nowMs - 86_400_000
  for (const { parent, month } of await listMissingMonths(db, { fromMs: startMs, untilMs: nowMs })) {
    await sql`select etl.ensure_month(${parent}::regclass, ${month}::date)`.execute(db)
  }
  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: 'bench',
    SECRETS_KEY: KEY,
    STORAGE_URL: pathToFileURL(objectsFolder).href,
    SPOOL_DIR: spoolFolder,
    SPOOL_MAX_BYTES: String(given.spoolMaxBytes),
    FILE_CONCURRENCY: String(given.concurrency),
    LEASE_MS: '2000',
    PLANNER_TICK_MS: '100',
    CAPTURE_WAIT_MS: '0',
    LOG_LEVEL: 'error',
    ...(given.profile === undefined
      ? {}
      : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path.resolve(given.profile)}` }),
  }
  let started = 0
  const start = (app: string, store: Readonly<Record<string, string>> = {}) =>
    sandbox.start(`${app}-${++started}`, () =>
      startApp({
        name: app,
        entry: fileURLToPath(new URL(`${app}/src/main.ts`, APPS)),
        env: { ...env, ...store },
        restart: false,
      }),
    )

  return {
    db,
    folder,
    objectsFolder,
    spoolFolder,
    standUrl: stand.url(),
    startDownloader: (store) => start('recording-downloader', store),
    startPlanner: () => start('planner'),
    async addTasks(taskIds) {
      await db.transaction().execute(async (tx) => {
        const expected = taskIds.map((taskId) => ({
          taskId,
          conversationStartMs: startMs,
          kind: 'recording' as const,
          count: 1,
          by: 'flag' as const,
          notBeforeMs: null,
        }))
        await expectCaptures(tx, dataSourceId, expected, nowMs)
        const rows = taskIds.map((taskId) => ({
          conversation_id: randomUUID(),
          conversation_start_time: new Date(startMs),
          data_source_id: dataSourceId,
          source_task_id: taskId,
          channel_type: 'Voice',
          direction: 'Inbound',
          status: 'Completed',
          is_car_complete: true,
        }))
        await tx.insertInto('journey.conversation').values(rows).execute()
      })
    },
    async admit(taskIds) {
      const jobs: { fetchId: number; generation: number }[] = []
      for (let at = 0; at < taskIds.length; at += TASKS_PER_LISTING) {
        const fetchId = await newFetch(db, {
          dataSourceId,
          kind: 'captures',
          taskIds: taskIds.slice(at, at + TASKS_PER_LISTING),
          reason: 'live',
          lane: 'audio',
          estimatedRequests: 1,
          nowMs,
        })
        jobs.push({ fetchId, generation: 1 })
      }
      await db
        .updateTable('etl.fetch')
        .set({ state: 'queued', generation: 1 })
        .where(
          'fetch_id',
          'in',
          jobs.map(({ fetchId }) => fetchId),
        )
        .execute()
      await queues.enqueueBulk(downloadCaptures, jobs)
    },
    async untilSettled(taskIds) {
      const begunMs = performance.now()
      for (;;) {
        const { rows } = await sql<{ open: number; bad: number }>`
          select count(*) filter (where state in ('expected','downloading'))::int as open,
            count(*) filter (where state not in ('expected','downloading','stored'))::int as bad
          from etl.capture where task_id = any(${[...taskIds]}::text[])`.execute(db)
        if (rows[0]!.bad > 0) throw new Error(`${rows[0]!.bad} recordings were not stored`)
        if (rows[0]!.open === 0) return (performance.now() - begunMs) / 1_000
        await sleep(20)
      }
    },
  }
}

/** Resident memory of a process in MB: at present, and the most it ever held. */
export async function memoryOf(pid: number): Promise<{ readonly rssMb: number; readonly peakRssMb: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const line = (name: string) => Number(new RegExp(String.raw`^${name}:\s+(\d+)`, 'm').exec(status)?.[1]) / 1_024
  return { rssMb: Math.round(line('VmRSS')), peakRssMb: Math.round(line('VmHWM')) }
}
