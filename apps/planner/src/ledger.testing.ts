import { randomUUID } from 'node:crypto'
import type { FetchKind, Stream } from '@wxcc/contracts/ledger'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { type Source, addSource } from '@wxcc/db/data-source'
import { claimFetch, claimMapping, finishFetch, finishMapping } from '@wxcc/db/fetch-claim'
import { type WindowCount, recordCensus } from '@wxcc/db/load-window'
import { producerRedis } from '@wxcc/queue/connection'
import { openQueues } from '@wxcc/queue/enqueue'
import { createLogger } from '@wxcc/telemetry/log'
import type { Redis } from 'ioredis'
import type { Planner } from './tick.ts'

/** Noon of an ordinary Tuesday; sources of these tests load from here on. */
export const NOON = Date.UTC(2026, 2, 10, 12)
export const MINUTE = 60_000
export const QUARTER = 15 * MINUTE

export interface Bench extends Planner {
  readonly redis: Redis
  /** The clock's present moment, moved by hand. */
  readonly time: { nowMs: number }
  readonly close: () => Promise<void>
}

/** A planner on a real database and a real Redis whose clock stands still until it is moved. */
export async function openBench(at: {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly prefix: string
}): Promise<Bench> {
  const db = connectDatabase({ url: at.databaseUrl, applicationName: 'wxcc-planner-test' })
  const redis = await producerRedis(at.redisUrl, () => {})
  const queues = openQueues(redis, { prefix: at.prefix })
  const time = { nowMs: NOON }
  return {
    db,
    redis,
    queues,
    time,
    clock: () => Promise.resolve(time.nowMs),
    log: createLogger('planner-test', { level: 'silent' }),
    spanPages: 8,
    skippedMonths: new Set(),
    async close() {
      await queues.close()
      await redis.quit()
      await db.destroy()
    },
  }
}

/** The same database, counting what it is asked. */
export function countStatements(db: Database): { readonly db: Database; readonly statements: () => number } {
  let statements = 0
  const counting = db.withPlugin({
    transformQuery({ node }) {
      statements++
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  })
  return { db: counting, statements: () => statements }
}

/** Takes all sources and their ledger away, so that every test begins with an empty one. */
export async function emptyLedger({ db, redis }: Bench, prefix: string): Promise<void> {
  const tables = [
    'load_window',
    'capture',
    'watermark',
    'dead_letter',
    'day_count',
    'fetch',
    'data_source',
    'credential',
  ] as const
  for (const table of tables) await db.deleteFrom(`etl.${table}`).execute()
  await db.deleteFrom('journey.conversation').execute()
  await db.deleteFrom('journey.agent_session').execute()
  await loseJobs(redis, prefix)
}

/** What a flush does to this test's queues, and to nobody else's. */
export async function loseJobs(redis: Redis, prefix: string): Promise<void> {
  const keys = await redis.keys(`${prefix}:*`)
  if (keys.length > 0) await redis.unlink(...keys)
}

/** Its secrets are never opened here. */
export async function addCredential(db: Database, clientId: string, ratePerMinute = 300): Promise<number> {
  const sealed = Buffer.from('sealed')
  const row = await db
    .insertInto('etl.credential')
    .values({
      client_id: clientId,
      token_url: 'http://127.0.0.1/token',
      key_id: 'k1',
      client_secret_sealed: sealed,
      refresh_token_sealed: sealed,
      rate_limit_per_minute: ratePerMinute,
    })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  return row.credential_id
}

export async function addTestSource(
  db: Database,
  given: {
    readonly key?: string
    readonly credentialId?: number
    readonly loadFromMs?: number
    readonly loadUntilMs?: number
  } = {},
): Promise<Source> {
  const key = given.key ?? 'north'
  return addSource(db, {
    key,
    displayName: key,
    orgId: key,
    dataCenter: 'us1',
    apiUrl: 'http://127.0.0.1',
    credentialId: given.credentialId ?? (await addCredential(db, `client-${key}`)),
    loadFromMs: given.loadFromMs ?? NOON,
    loadUntilMs: given.loadUntilMs ?? null,
  })
}

/** Queued fetches of one kind, the oldest first. */
export function queuedFetches(db: Database, kind: FetchKind, stream?: Stream) {
  return db
    .selectFrom('etl.fetch')
    .selectAll()
    .where('kind', '=', kind)
    .where('state', '=', 'queued')
    .$if(stream !== undefined, (query) => query.where('stream', '=', stream!))
    .orderBy('fetch_id')
    .execute()
}

/** Ends every queued configuration fetch, as the fetcher would; a new source's spans wait for the first. */
export async function answerConfigurations({ db, time }: Bench): Promise<void> {
  for (const { fetch_id: fetchId, generation } of await queuedFetches(db, 'configuration')) {
    const claim = (await claimFetch(db, { fetchId, generation, nowMs: time.nowMs, leaseMs: MINUTE }))!
    await db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'done', nowMs: time.nowMs, requests: 1 }))
  }
}

/** Answers configurations, and every queued census like the fetcher: `countOf` says how many records the vendor has in a window, zero where it has none. */
export async function answerCensuses(
  bench: Bench,
  countOf: (windowStartMs: number, stream: Stream) => number,
): Promise<number> {
  await answerConfigurations(bench)
  const { db, time } = bench
  const queued = await queuedFetches(db, 'census')
  for (const { fetch_id: fetchId, generation } of queued) {
    const claim = (await claimFetch(db, { fetchId, generation, nowMs: time.nowMs, leaseMs: MINUTE }))!
    const stream = claim.stream!
    const counts: WindowCount[] = []
    for (let startMs = claim.fromMs!; startMs < claim.toMs!; startMs += QUARTER) {
      const count = countOf(startMs, stream)
      if (count > 0) counts.push({ windowStartMs: startMs, count, sumDurationMs: null, maxLastActivityMs: null })
    }
    await db.transaction().execute(async (tx) => {
      await recordCensus(tx, {
        dataSourceId: claim.dataSourceId,
        stream,
        dayFromMs: claim.fromMs!,
        dayToMs: claim.toMs!,
        countedAtMs: time.nowMs,
        counts,
      })
      await finishFetch(tx, { claim, to: 'done', nowMs: time.nowMs, requests: 1 })
    })
  }
  return queued.length
}

/** Brings one queued span to `mapped`, as fetcher and mapper would; what they stored is put in by `addConversations`. */
export async function mapFetch(
  { db, time }: Bench,
  row: { readonly fetch_id: number; readonly generation: number },
): Promise<void> {
  const at = { fetchId: row.fetch_id, nowMs: time.nowMs, leaseMs: MINUTE }
  const claim = (await claimFetch(db, { ...at, generation: row.generation }))!
  await db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'fetched', nowMs: time.nowMs, requests: 2 }))
  const mapping = (await claimMapping(db, { ...at, generation: claim.mapGeneration + 1 }))!
  await db.transaction().execute((tx) => finishMapping(tx, { claim: mapping, nowMs: time.nowMs }))
}

export async function addConversations(
  db: Database,
  source: Source,
  given: { readonly startMs: number; readonly count: number; readonly status?: string; readonly isComplete?: boolean },
): Promise<string[]> {
  const rows = Array.from({ length: given.count }, (_, index) => ({
    conversation_id: randomUUID(),
    conversation_start_time: new Date(given.startMs + index),
    data_source_id: source.dataSourceId,
    source_task_id: randomUUID(),
    channel_type: 'Voice',
    direction: 'Inbound',
    status: given.status ?? 'Completed',
    is_car_complete: given.isComplete ?? true,
  }))
  await db.insertInto('journey.conversation').values(rows).execute()
  return rows.map((row) => row.source_task_id)
}

/** Windows of a stream in order of time. */
export function windowsOf(db: Database, stream: Stream) {
  return db.selectFrom('etl.load_window').selectAll().where('stream', '=', stream).orderBy('window_start').execute()
}
