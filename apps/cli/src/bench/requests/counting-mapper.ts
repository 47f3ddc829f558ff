import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FetchJob } from '@wxcc/contracts/fetch-job'
import { mapSpan } from '@wxcc/contracts/map-span'
import type { Outcome } from '@wxcc/contracts/outcome'
import type { Database } from '@wxcc/db/connect'
import { buryJob } from '@wxcc/db/dead-letter'
import { type Claim, claimMapping, failFetch, finishMapping, giveBack, renewLease } from '@wxcc/db/fetch-claim'
import { listPages } from '@wxcc/db/raw-page'
import type { DB } from '@wxcc/db/schema'
import { type ClaimLedger, runClaimed } from '@wxcc/queue/claimed-job'
import { workerRedis } from '@wxcc/queue/connection'
import type { DeadLetterSink } from '@wxcc/queue/dead-letter-sink'
import { startWorker } from '@wxcc/queue/start-worker'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { createLogger } from '@wxcc/telemetry/log'
import { type Transaction, sql } from 'kysely'

const unzip = promisify(gunzip)
const CONCURRENCY = 2

interface Options {
  readonly db: Database
  readonly redisUrl: string
  readonly prefix: string
  readonly storageFolder: string
  readonly clock: () => Promise<number>
  readonly leaseMs: number
}

/**
 * Stands where the mapper stands, and books of each record only what the planner counts: that it is there, when it began, how long it took and when
 * it changed last. Claims, leases and retries are the mapper's.
 */
export async function startCountingMapper(options: Options): Promise<{ readonly stop: () => Promise<void> }> {
  const { db, clock, leaseMs } = options
  const log = createLogger('counting-mapper', { level: 'error' })
  const connection = workerRedis(options.redisUrl, () => {})
  const store = openFolderStore(options.storageFolder)
  const deadLetters: DeadLetterSink = { bury: async (letter) => buryJob(db, { ...letter, nowMs: await clock() }) }
  const readPage = async (key: string): Promise<unknown> => {
    const bytes = await store.get(key)
    if (bytes === undefined) throw new Error(`a page that is listed is not there: ${key}`)
    return JSON.parse((await unzip(bytes)).toString('utf8'))
  }
  const worker = startWorker({
    contract: mapSpan,
    connection,
    prefix: options.prefix,
    concurrency: CONCURRENCY,
    deadLetters,
    log,
    process: (payload, context) =>
      runClaimed({
        now: clock,
        leaseMs,
        deadLetters,
        queue: mapSpan.name,
        jobId: context.jobId,
        payload: { ...payload },
        signal: context.signal,
        ledger: ledgerOf(db, payload),
        process: (claim) => count(db, claim, readPage, clock),
      }),
  })
  await worker.ready
  return {
    async stop() {
      await worker.stop({ graceMs: 5_000 })
      connection.disconnect()
    },
  }
}

function ledgerOf(db: Database, job: FetchJob): ClaimLedger<Claim> {
  return {
    claim: (at) => claimMapping(db, { ...job, ...at }),
    renew: ({ fetchId, fence }, at) => renewLease(db, { fetchId, fence, ...at }),
    giveBack: (claim, back) => giveBack(db, { claim, ...back }),
    fail: (claim, failed) => failFetch(db, { claim, ...failed }),
    history: ({ dataSourceId, mapAttempts, firstFailedAtMs }) => ({
      dataSourceId,
      attempts: mapAttempts,
      firstFailedAtMs,
    }),
  }
}

/** Of the pages of one fetch, those that list records; what is on the pages of activities is nobody's business here. */
async function count(
  db: Database,
  claim: Claim,
  readPage: (key: string) => Promise<unknown>,
  clock: () => Promise<number>,
): Promise<Outcome> {
  const pages = (await listPages(db, claim.fetchId)).filter(
    ({ recordKind }) => recordKind === 'csr' || recordKind === 'asr',
  )
  let records = 0
  for (const page of pages) {
    const body = await readPage(page.objectKey)
    await db.transaction().execute(async (tx) => {
      if (page.recordKind === 'csr') records += await bookTasks(tx, claim, page.rawPageId, tasksOf(body))
      else records += await bookSessions(tx, claim, sessionsOf(body))
    })
  }
  const nowMs = await clock()
  await db.transaction().execute((tx) => finishMapping(tx, { claim, nowMs }))
  return { kind: 'done', counts: { records } }
}

interface Task {
  readonly id: string
  readonly createdTime: number
  readonly lastActivityTime: number
  readonly totalDuration: number
  readonly isActive: boolean
}
interface Session {
  readonly agentSessionId: string
  readonly agentId: string
  readonly startTime: number
  readonly isActive: boolean
}
const tasksOf = (body: unknown) => (body as { data: { taskDetails: { tasks: Task[] } } }).data.taskDetails.tasks
const sessionsOf = (body: unknown) =>
  (body as { data: { agentSession: { agentSessions: Session[] } } }).data.agentSession.agentSessions

async function bookTasks(tx: Transaction<DB>, claim: Claim, pageId: number, tasks: readonly Task[]): Promise<number> {
  const rows = JSON.stringify(
    tasks.map(({ id, createdTime, lastActivityTime, totalDuration, isActive }) => ({
      id,
      created: createdTime,
      active: isActive,
      changed: lastActivityTime,
      total: isActive ? null : totalDuration,
    })),
  )
  await sql`
    with listed as materialized (
      select id, to_timestamp(created / 1000.0) as created, active, to_timestamp(changed / 1000.0) as changed, total
      from json_to_recordset(${rows}::json) as r(id text, created bigint, active boolean, changed bigint, total bigint)),
    seen as (
      insert into etl.task_source (data_source_id, task_id, created_time, last_activity_time, held_count, csr_page_id, car_page_ids, fetch_id, mapping_version)
      select ${claim.dataSourceId}, id, created, changed, 1, ${pageId}, '{}', ${claim.fetchId}, 1 from listed
      on conflict (data_source_id, task_id) do update set last_activity_time = greatest(excluded.last_activity_time, task_source.last_activity_time))
    insert into journey.conversation (conversation_id, conversation_start_time, data_source_id, source_task_id, channel_type, direction, status, source_total_ms)
    select id::uuid, created, ${claim.dataSourceId}, id, 'Voice', 'Inbound', case when active then 'In Progress' else 'Completed' end, total from listed
    on conflict (conversation_id, conversation_start_time) do update set status = excluded.status, source_total_ms = excluded.source_total_ms
    where excluded.status = 'Completed'`.execute(tx)
  return tasks.length
}

async function bookSessions(tx: Transaction<DB>, claim: Claim, sessions: readonly Session[]): Promise<number> {
  const rows = JSON.stringify(
    sessions.map(({ agentSessionId, agentId, startTime, isActive }) => ({
      id: agentSessionId,
      agent: agentId,
      started: startTime,
      active: isActive,
    })),
  )
  await sql`
    insert into journey.agent_session (agent_session_id, data_source_id, source_agent_session_id, agent_id, login_time, is_active)
    select id::uuid, ${claim.dataSourceId}, id, agent::uuid, to_timestamp(started / 1000.0), active
    from json_to_recordset(${rows}::json) as r(id text, agent text, started bigint, active boolean)
    on conflict (agent_session_id) do update set is_active = agent_session.is_active and excluded.is_active`.execute(tx)
  return sessions.length
}
