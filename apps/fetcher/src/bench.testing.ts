/** Set-up of the fetcher's integration tests: a ledger with one source, and the simulator as its vendor. */
import { mkdtemp, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { connectDatabase, type Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { readSealingKey } from '@wxcc/db/seal'
import { addSource, type Source } from '@wxcc/db/data-source'
import { buryJob } from '@wxcc/db/dead-letter'
import { type NewFetch, newFetch } from '@wxcc/db/fetch-claim'
import { producerRedis } from '@wxcc/queue/connection'
import { openQueues } from '@wxcc/queue/enqueue'
import { httpClock } from '@wxcc/runtime/http-clock'
import { openFolderStore } from '@wxcc/storage/folder-store'
import type { EtlFetch } from '@wxcc/db/schema'
import type { Selectable } from 'kysely'
import { createLogger } from '@wxcc/telemetry/log'
import { openVendors } from '@wxcc/vendor-worker/open-vendors'
import { PROCESSORS, processFetch } from './processors.ts'

export interface FetcherBench {
  readonly db: Database
  readonly source: Source
  readonly objects: ReturnType<typeof openFolderStore>
  readonly now: () => Promise<number>
  readonly lines: readonly string[]
  /** Writes a queued row, as the planner's admission leaves it. */
  admit(fetch: Partial<NewFetch>): Promise<number>
  /** Raises the generation of a pending row. */
  admitAgain(fetchId: number): Promise<void>
  /** One job, as a worker would run it. */
  run(queue: string, fetchId: number, signal?: AbortSignal): Promise<unknown>
  row(fetchId: number): Promise<Selectable<EtlFetch>>
  control(path: string, body?: unknown, method?: string): Promise<unknown>
  close(): Promise<void>
}

export async function openBench(at: {
  readonly databaseUrl: string
  readonly redis: { readonly url: string; readonly prefix: string }
  readonly simulatorUrl: string
  readonly maxPageBytes?: number
}): Promise<FetcherBench> {
  const db = connectDatabase({ url: at.databaseUrl, applicationName: 'wxcc-fetcher-test' })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-fetcher-'))
  const objects = openFolderStore(folder)
  const redis = await producerRedis(at.redis.url, () => {})
  const queues = openQueues(redis, { prefix: at.redis.prefix })
  const now = httpClock(`${at.simulatorUrl}/_sim/clock`)
  const credentials = openCredentials(db, readSealingKey(randomBytes(32).toString('base64')))
  const vendors = openVendors({
    db,
    credentials,
    redis,
    prefix: at.redis.prefix,
    now,
    maxPageBytes: at.maxPageBytes ?? 64_000_000,
  })
  const lines: string[] = []
  const log = createLogger('fetcher', { level: 'debug', write: (line) => lines.push(line) })

  const control = async (
    route: string,
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(
      `${at.simulatorUrl}/_sim${route}`,
      body === undefined ? { method } : { method, headers, body: JSON.stringify(body) },
    )
    return response.json()
  }
  const info = (await control('/info')) as { orgId: string; history: { fromMs: number; toMs: number } }
  const credentialId = await credentials.add({
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    tokenUrl: `${at.simulatorUrl}/v1/access_token`,
    refreshToken: 'simulated-refresh-token',
    rateLimitPerMinute: 100_000,
  })
  const source = await addSource(db, {
    key: 'acme',
    displayName: 'Acme',
    orgId: info.orgId,
    dataCenter: 'us1',
    apiUrl: at.simulatorUrl,
    credentialId,
    loadFromMs: (await now()) - 40 * 86_400_000,
  })
  const deadLetters = {
    bury: async (letter: Omit<Parameters<typeof buryJob>[1], 'nowMs'>) =>
      buryJob(db, { ...letter, nowMs: await now() }),
  }
  const parts = { db, objects, queues, vendors, deadLetters, now, leaseMs: 30_000 }

  const queued = (fetchId: number) =>
    db
      .updateTable('etl.fetch')
      .set((eb) => ({ state: 'queued', generation: eb('generation', '+', 1), not_before: null }))
      .where('fetch_id', '=', fetchId)
      .execute()
  const row = (fetchId: number) =>
    db.selectFrom('etl.fetch').selectAll().where('fetch_id', '=', fetchId).executeTakeFirstOrThrow()

  return {
    db,
    source,
    objects,
    now,
    lines,
    row,
    control,
    async admit(fetch) {
      const fetchId = await newFetch(db, {
        dataSourceId: source.dataSourceId,
        kind: 'span',
        reason: 'history',
        lane: 'history',
        estimatedRequests: 2,
        nowMs: await now(),
        ...fetch,
      })
      await queued(fetchId)
      return fetchId
    },
    async admitAgain(fetchId) {
      await queued(fetchId)
    },
    async run(queue, fetchId, signal = new AbortController().signal) {
      const [contract, work] = PROCESSORS.find(([candidate]) => candidate.name === queue)!
      const generation = (await row(fetchId)).generation
      return processFetch(contract, work, parts)({ fetchId, generation }, { signal, jobId: `${queue}.${fetchId}`, log })
    },
    async close() {
      await queues.close()
      redis.disconnect()
      await db.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
