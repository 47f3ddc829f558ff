import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { startSimulator } from '@wxcc/testing/simulator'
import { until } from '@wxcc/testing/until'
import { sql } from 'kysely'
import type { Span } from './script.testing.ts'

const APPS = path.join(import.meta.dirname, '../../..')
/** Far above what a test needs: budgets have tests of their own. */
const REQUESTS_PER_MINUTE = 60_000

/** A contact centre of its own organization and zone, and the stretch of its life that is loaded. */
export interface CentrePlan {
  /** Key of the data source. */
  readonly key: string
  readonly orgId: string
  /** Of its reports. */
  readonly timeZone: string
  /** Its office hours are somebody else's night, so that much happens around midnight and while the clocks change there. */
  readonly livesBy: string
  readonly loaded: Span
  /** Folder of recorded records that it consists of, instead of a generated life. */
  readonly dataset?: string
  /** What its vendor does otherwise than most (the simulator's README, Settings); centres of one kind of vendor share a simulator. @default nothing */
  readonly vendor?: Readonly<Record<string, string>>
}

export interface Centre extends CentrePlan {
  readonly dataSourceId: number
}

/** Centres behind simulated vendors, and the pipeline that loads them into one database. */
export interface Centres {
  readonly all: readonly Centre[]
  readonly db: Database
  /** Of the first centre's vendor, whose clock is the pipeline's. */
  readonly simulatorUrl: string
  readonly refreshTokenOf: (key: string) => string
  /** Sets every vendor's clock. */
  readonly moveClock: (toMs: number) => Promise<void>
  /** The passes of every source are through as far as this (or the end of what it loads). */
  readonly passed: (untilMs: number) => Promise<void>
  /** Every window is proved or has its finding, the passes are through. */
  readonly judged: () => Promise<void>
  /** And every window is proved, nothing waits to be fetched or mapped. */
  readonly loaded: () => Promise<void>
  /** Stops all mappers and starts as many others, which remember nothing. */
  readonly renewMappers: () => Promise<void>
  /** What the mappers' metrics say, one after the other. */
  readonly mapperMetrics: () => Promise<string>
  readonly stop: () => Promise<void>
}

interface Places {
  readonly databaseUrl: string
  readonly redis: { readonly url: string; readonly prefix: string }
}

/** What all centres have in common. ISO instants on quarter hours. */
export interface Worlds {
  readonly plans: readonly CentrePlan[]
  readonly seed: number
  readonly tasksPerDay: number
  readonly agents: number
  /** Of life before the first look. */
  readonly days: number
  /** The clock starts just after this, and goes on from there. */
  readonly firstLook: string
  /** Nothing happens after this. */
  readonly lifeEnds: string
  /** Of every vendor, from the beginning (the simulator's README, Faults). */
  readonly faults?: readonly object[]
  /** Settings that differ for one kind of worker. @default none */
  readonly settingsOf?: (app: string) => Readonly<Record<string, string>>
  /** Simulated seconds per real one. @default 1 */
  readonly clockSpeed?: number
}

/** Starts vendor and workers; `mappers` processes share the mapping. Stops what it started when something fails on the way. */
export async function startCentres(worlds: Worlds, places: Places, mappers = 2): Promise<Centres> {
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-truth-'))
  await sandbox.start('folder', () => Promise.resolve({ stop: () => rm(folder, { recursive: true, force: true }) }))
  const db = connectDatabase({ url: places.databaseUrl, applicationName: 'wxcc-truth' })
  await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
  try {
    const simulators = await startSimulators(worlds, folder, sandbox)
    const urls = [...simulators.values()].map((simulator) => simulator.url())
    const simulatorUrl = urls[0]!
    for (const url of urls) await send(url, 'faults', worlds.faults ?? [])
    const secretsKey = randomBytes(32).toString('base64')
    const all: Centre[] = []
    for (const plan of worlds.plans)
      all.push(await connect(db, plan, simulators.get(vendorOf(plan))!.url(), secretsKey))
    const start = (app: string, name: string) =>
      sandbox.start(name, () =>
        startApp({
          name,
          entry: path.join(APPS, app, 'src/main.ts'),
          env: { ...workerEnv(places, folder, simulatorUrl, secretsKey), ...worlds.settingsOf?.(app) },
        }),
      )
    const startMappers = () =>
      Promise.all(Array.from({ length: mappers }, (_, at) => start('mapper', `mapper-${at + 1}`)))
    let mapping: RunningApp[]
    ;[mapping] = await Promise.all([startMappers(), start('planner', 'planner'), start('fetcher', 'fetcher')])
    return {
      all,
      db,
      simulatorUrl,
      refreshTokenOf,
      async moveClock(toMs) {
        for (const url of urls) await send(url, 'clock', { nowMs: toMs })
      },
      passed: (untilMs) => waitUntilNone('the passes', () => listOpenPasses(db, untilMs)),
      judged: () => waitUntilNone('the windows', () => listUnjudged(db)),
      loaded: () => waitUntilNone('the centres', () => listOpen(db)),
      async renewMappers() {
        const before = mapping
        ;[mapping] = await Promise.all([startMappers(), ...before.map((mapper) => mapper.stop())])
      },
      mapperMetrics: async () =>
        (await Promise.all(mapping.map(async (mapper) => (await fetch(mapper.metricsUrl()!)).text()))).join('\n'),
      stop: () => sandbox.stop(),
    }
  } catch (error) {
    await sandbox.stop().catch(() => {})
    throw error
  }
}

const refreshTokenOf = (key: string) => `refresh-${key}`

const vendorOf = (plan: CentrePlan) => JSON.stringify(plan.vendor ?? {})

/** By kind of vendor. */
async function startSimulators(worlds: Worlds, folder: string, sandbox: Sandbox): Promise<Map<string, RunningApp>> {
  const kinds = [...Map.groupBy(worlds.plans, vendorOf)]
  const simulators = await Promise.all(
    kinds.map(async ([kind, plans], at) => {
      const env = {
        ...(await simulatorEnv({ ...worlds, plans }, path.join(folder, `orgs-${at}.json`))),
        ...plans[0]!.vendor,
      }
      return [kind, await sandbox.start('webex-simulator', () => startSimulator(env))] as const
    }),
  )
  return new Map(simulators)
}

async function simulatorEnv(worlds: Worlds, file: string): Promise<Record<string, string>> {
  const orgs = worlds.plans.map((plan) => ({
    id: plan.orgId,
    name: plan.key,
    timeZone: plan.livesBy,
    clients: [{ id: 'simulated-client', refreshToken: refreshTokenOf(plan.key) }],
    ...(plan.dataset === undefined ? {} : { dataset: plan.dataset }),
  }))
  await writeFile(file, JSON.stringify(orgs))
  return {
    SIM_ORGS: file,
    SIM_SEED: String(worlds.seed),
    SIM_TASKS_PER_DAY: String(worlds.tasksPerDay),
    SIM_AGENTS: String(worlds.agents),
    SIM_DAYS: String(worlds.days),
    SIM_HISTORY_UNTIL: worlds.firstLook,
    SIM_WORLD_UNTIL: worlds.lifeEnds,
    SIM_CLOCK_START: new Date(Date.parse(worlds.firstLook) + 60_000).toISOString(),
    SIM_CLOCK_SPEED: String(worlds.clockSpeed ?? 1),
    SIM_RATE_LIMIT_PER_MINUTE: String(REQUESTS_PER_MINUTE),
  }
}

async function connect(db: Database, plan: CentrePlan, simulatorUrl: string, secretsKey: string): Promise<Centre> {
  const credentialId = await openCredentials(db, readSealingKey(secretsKey)).add({
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    refreshToken: refreshTokenOf(plan.key),
    tokenUrl: `${simulatorUrl}/v1/access_token`,
    rateLimitPerMinute: REQUESTS_PER_MINUTE,
  })
  const source = await addSource(db, {
    key: plan.key,
    displayName: plan.key,
    orgId: plan.orgId,
    dataCenter: 'us1',
    apiUrl: simulatorUrl,
    credentialId,
    loadFromMs: plan.loaded.fromMs,
    loadUntilMs: plan.loaded.toMs,
    settleMs: 0,
    reportingTimeZone: plan.timeZone,
  })
  return { ...plan, dataSourceId: source.dataSourceId }
}

function workerEnv({ databaseUrl, redis }: Places, folder: string, simulatorUrl: string, secretsKey: string) {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    CLOCK_URL: `${simulatorUrl}/_sim/clock`,
    SECRETS_KEY: secretsKey,
    CONTACT_KEY: Buffer.alloc(32, 7).toString('base64'),
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    PLANNER_TICK_MS: '100',
    // Many small spans, so that there are orders to map them in.
    SPAN_PAGES: '1',
    // A clock that runs fast lets no lease run out.
    LEASE_MS: '3600000',
    LOG_LEVEL: 'warn',
  }
}

/** `POST /_sim/<what>` */
async function send(simulatorUrl: string, what: string, body: object): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/_sim/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to /_sim/${what}: ${await answer.text()}`)
}

/** `<source> <pass>` of those that have not come so far. */
async function listOpenPasses(db: Database, untilMs: number): Promise<string[]> {
  const until = untilMs === Infinity ? sql`s.load_until` : sql`least(s.load_until, ${new Date(untilMs)})`
  const { rows } = await sql<{ line: string }>`
    select s.data_source_key || ' ' || p.pass as line from etl.data_source s
    cross join (values ('task_change'), ('agent_session_change'), ('agent_time')) as p(pass)
    where not exists (select from etl.watermark m where m.data_source_id = s.data_source_id and m.pass = p.pass
                        and m.complete_until >= ${until})`.execute(db)
  return rows.map(({ line }) => line)
}

/** What keeps the windows from their verdicts, one line each; recordings are not this test's. */
async function listUnjudged(db: Database): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select s.data_source_key || ' ' || w.stream || ' windows ' || w.state || ' ' || coalesce(w.finding, '') || ': ' || count(*) as line
      from etl.load_window w join etl.data_source s using (data_source_id)
      where w.state not in ('verified','sealed','short','over') group by s.data_source_key, w.stream, w.state, w.finding
    union all
    select s.data_source_key || ' ' || f.kind || ' ' || f.state || ' ' || coalesce(f.last_code, '') || ': ' || count(*)
      from etl.fetch f join etl.data_source s using (data_source_id)
      where f.kind <> 'captures' and f.state not in ('mapped','done') group by s.data_source_key, f.kind, f.state, f.last_code`.execute(
    db,
  )
  return [...(await listOpenPasses(db, Infinity)), ...rows.map(({ line }) => line)]
}

async function listOpen(db: Database): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select s.data_source_key || ' ' || w.stream || ' ' || w.finding || ': ' || count(*) as line
    from etl.load_window w join etl.data_source s using (data_source_id)
    where w.state in ('short','over') group by s.data_source_key, w.stream, w.finding`.execute(db)
  return [...(await listUnjudged(db)), ...rows.map(({ line }) => line)]
}

async function waitUntilNone(what: string, list: () => Promise<string[]>): Promise<void> {
  let open: string[] = []
  await until(what, async () => (open = await list()).length === 0, { timeoutMs: 180_000, everyMs: 200 }).catch(
    (error: Error) => {
      throw new Error(`${error.message}; open: ${open.join(' · ')}`, { cause: error })
    },
  )
}
