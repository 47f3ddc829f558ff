import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DAY_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import { type BenchOrg, orgsOf } from '../bench/budget/orgs.ts'
import { watchVendor } from '../bench/budget/vendor-log.ts'
import { type BudgetWorld, startBudgetWorld } from '../bench/budget/world.ts'
import { startCountingMapper } from '../bench/requests/counting-mapper.ts'
import { type PageFloor, readPageFloor } from '../bench/requests/page-floor.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface RequestsFlags {
  readonly seed: number
  readonly speed: number
  readonly short?: boolean
  readonly json?: string
}

const START_MS = Date.parse('2026-11-18T00:00:00Z')
const MONTH_DAYS = 30
const HISTORY_DAYS = 396
const LIMIT_PER_MINUTE = 300
const LOOK_MS = 2_000
const MOST_HISTORY = 1.1
const MOST_LIVE = 4

/** What one organisation loads: `days` before the clock's start, or the day after it. */
interface Load {
  readonly name: '10k' | '100k' | '1m' | 'LiveDay'
  readonly tasksPerMonth: number
  readonly days: number
}

const LOADS: readonly Load[] = [
  { name: '10k', tasksPerMonth: 10_000, days: HISTORY_DAYS },
  { name: '100k', tasksPerMonth: 100_000, days: HISTORY_DAYS },
  { name: '1m', tasksPerMonth: 1_000_000, days: MONTH_DAYS },
  { name: 'LiveDay', tasksPerMonth: 1_000_000, days: -1 },
]
const SHORT_LOADS: readonly Load[] = LOADS.map((load) => ({
  ...load,
  tasksPerMonth: load.tasksPerMonth / 10,
  days: Math.min(load.days, MONTH_DAYS),
}))

interface Measured {
  readonly name: Load['name']
  readonly requests: number
  readonly floor: PageFloor
}

/**
 * `wxcc bench requests`: how many requests closed history and a live day take, against the fewest that could bring every record and its count.
 * Planner, fetchers and queues are the real ones; records are almost empty, and are counted instead of mapped. In the middle Redis is emptied.
 */
export async function benchRequests(flags: RequestsFlags): Promise<void> {
  const loads = flags.short ? SHORT_LOADS : LOADS
  const orgs = orgsOf({ clients: loads.length, perClient: 1, tasksPerDay: 0, seed: flags.seed }).map((org, index) => ({
    ...org,
    tasksPerDay: Math.round(loads[index]!.tasksPerMonth / MONTH_DAYS),
  }))
  const loadOf = (org: BenchOrg) => loads[orgs.findIndex(({ key }) => key === org.key)]!
  console.log(`starting a planner and two fetchers for ${loads.map(({ name }) => name).join(', ')}`)
  const world = await startBudgetWorld({
    orgs,
    limitPerMinute: LIMIT_PER_MINUTE,
    speed: flags.speed,
    startMs: START_MS,
    historyDays: HISTORY_DAYS,
    spanPages: 8,
    // A minute and a half of the world's: often enough for quarter hours, and the ledger of a million windows is not read all the time.
    plannerTickMs: 500,
    workers: ['planner', 'fetcher', 'fetcher'],
    simulator: { SIM_RECORDS: 'thin' },
    loads(org) {
      const { days } = loadOf(org)
      return days < 0
        ? { fromMs: START_MS, untilMs: START_MS + DAY_MS }
        : { fromMs: START_MS - days * DAY_MS, untilMs: START_MS }
    },
  })
  await sparePostgres(world)
  const { settings } = world
  const counting = await startCountingMapper({
    db: world.db,
    redisUrl: settings['REDIS_URL']!,
    prefix: settings['QUEUE_PREFIX']!,
    storageFolder: fileURLToPath(settings['STORAGE_URL']!),
    clock: world.clock,
    leaseMs: Number(settings['LEASE_MS']),
  })
  try {
    const vendor = watchVendor(world.control)
    const open = new Map(orgs.map((org) => [org, loadOf(org)]))
    const measured: Measured[] = []
    for (let flushed = false; open.size > 0;) {
      await sleep(LOOK_MS)
      const shares = await proved(world)
      for (const [org, { name }] of open) {
        const share = shares.get(world.sourceIds.get(org.key)!) ?? 0
        if (share < 1) continue
        const floor = await readPageFloor(world.db, world.sourceIds.get(org.key)!)
        measured.push({ name, requests: vendor.requestsOf(org.clientId), floor })
        open.delete(org)
        console.log(`  ${name}: all quarter hours proved`)
      }
      if (!flushed && (shares.get(world.sourceIds.get(orgs[1]!.key)!) ?? 0) > 0.5) {
        flushed = true
        console.log('Redis is emptied')
        await world.flushRedis()
      }
    }
    await vendor.stop()
    await report(flags, measured, vendor.throttled(), await doubled(world))
  } finally {
    await counting.stop()
    await world.stop()
  }
}

/** Records are counted here, not read: what serves readers of facts, and what outlives a power cut, is not part of the question. */
async function sparePostgres({ db }: BudgetWorld): Promise<void> {
  for (const index of ['conversation_updated', 'conversation_contact']) {
    await sql`drop index if exists ${sql.id('journey', index)}`.execute(db)
  }
  await sql`alter system set synchronous_commit = off`.execute(db)
  await sql`select pg_reload_conf()`.execute(db)
}

/** The share of each source's quarter hours that is proved; less than one while some are still to come. */
async function proved({ db }: BudgetWorld): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ id: number; share: number }>`
    select s.data_source_id as id,
      coalesce(count(*) filter (where w.state in ('verified','sealed')), 0)
        / (2 * extract(epoch from s.load_until - s.load_from) / 900)::float8 as share
    from etl.data_source s left join etl.load_window w using (data_source_id) group by s.data_source_id`.execute(db)
  return new Map(rows.map(({ id, share }) => [id, share]))
}

/** Rows beyond the vendor's count. */
async function doubled({ db }: BudgetWorld): Promise<number> {
  const { rows } = await sql<{ more: number }>`
    select ((select count(*) from journey.conversation) + (select count(*) from journey.agent_session)
      - (select sum(expected) from etl.load_window))::int as more`.execute(db)
  return rows[0]!.more
}

async function report(
  flags: RequestsFlags,
  measured: readonly Measured[],
  throttled: number,
  doubledRows: number,
): Promise<void> {
  const two = (value: number) => Math.round(value * 100) / 100
  console.log(
    table(
      ['load', 'tasks', 'sessions', 'floor', 'used', 'ratio', 'fixed windows'],
      measured.map(({ name, requests, floor: { tasks, sessions, floor, fixed } }) =>
        [name, tasks, sessions, floor, requests, two(requests / floor), two(fixed / floor)].map(String),
      ),
    ),
  )
  const figures: Record<string, number> = { avoidable429s: throttled, doubledRows }
  for (const { name, requests, floor } of measured) {
    figures[`ratio${name}`] = two(requests / floor.floor)
    figures[`fixed${name}`] = two(floor.fixed / floor.floor)
  }
  const ok =
    throttled === 0 &&
    doubledRows === 0 &&
    measured.every(
      ({ name, requests, floor }) => requests / floor.floor <= (name === 'LiveDay' ? MOST_LIVE : MOST_HISTORY),
    )
  if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
  if (!ok && !flags.short) process.exitCode = 1
}
