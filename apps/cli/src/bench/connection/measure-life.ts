import { DAY_MS } from '@wxcc/contracts/window'
import { listConnections } from '@wxcc/db/connections'
import { sql } from 'kysely'
import { liveUntil } from '../proof/live-through.ts'
import { type LifeWorld, startLifeWorld } from './life-world.ts'
import { PATIENCE_MS, beSilent, judgeAlarms, liveOn, until } from './live-long.ts'

const FROM_MS = Date.parse('2026-01-05T00:00:00Z')
/** The life of the simulator's refresh tokens is 90 days, started anew by each refresh. */
const SILENT_DAYS = 91

export type LifeFigures = Readonly<Record<string, number>>

/** Days of running, a silence longer than the refresh token lives, a consent: never lost while running, told in time, complete at the end. */
export async function measureLife(asked: {
  readonly days: number
  readonly stepDays: number
  readonly seed: number
  readonly say: (line: string) => void
}): Promise<LifeFigures> {
  const { days, stepDays, say } = asked
  const world = await startLifeWorld(FROM_MS, asked.seed)
  try {
    const fetcher = await world.startFetcher()
    const disconnectedWhileRunning = await liveOn(world, { nowMs: FROM_MS, days, stepDays })
    say(`${days} days of running: ${disconnectedWhileRunning} connections lost`)

    await fetcher.stop()
    const silentFromMs = await world.vendor.clock()
    await beSilent(world, { nowMs: silentFromMs, days: SILENT_DAYS })
    const alarms = await judgeAlarms(world, silentFromMs)
    say(`${SILENT_DAYS} days of silence: ${alarms.alarmsOnTime} of ${alarms.alarms} alarms on time`)

    await world.startFetcher()
    await until('both connections to need consent', async () =>
      (await listConnections(world.db)).every(({ state }) => state === 'needs_consent'),
    )
    const expired = (await listConnections(world.db)).filter(({ consentCode }) => consentCode === 'refresh_expired')
    await consentAgain(world)
    await liveUntil(world, (await world.vendor.clock()) + DAY_MS, PATIENCE_MS)
    const loaded = await countLoaded(world)
    say(`after consent: ${loaded.tasksLoaded} of ${loaded.tasksTrue} tasks, ${loaded.windowsUnproved} windows unproved`)
    return {
      daysRunning: days,
      disconnectedWhileRunning,
      daysSilent: SILENT_DAYS,
      ...alarms,
      connectionsExpired: expired.length,
      ...loaded,
    }
  } finally {
    await world.stop()
  }
}

/** As `wxcc connect` does it. */
async function consentAgain(world: LifeWorld): Promise<void> {
  const { db, vendor, busy } = world
  const { credential_id: credentialId } = await db
    .selectFrom('etl.data_source')
    .select('credential_id')
    .where('data_source_key', '=', busy.key)
    .executeTakeFirstOrThrow()
  const client = world.clientOf(busy)
  const tokens = await vendor.consent(client, busy.orgId)
  await world.credentials.replace(credentialId!, { ...client, ...tokens, nowMs: await vendor.clock() })
}

/** Against the script of the simulator, over the whole life. */
async function countLoaded({ db, vendor, busy }: LifeWorld) {
  const { rows } = await sql<{ tasks: number; unproved: number; letters: number; toMs: number }>`
    select (select count(*) from journey.conversation where not is_deleted) as tasks,
      (select count(*) from etl.load_window where state not in ('verified','sealed')) as unproved,
      (select count(*) from etl.dead_letter) as letters,
      (select (extract(epoch from max(window_start)) * 1000)::bigint + 900000 from etl.load_window) as "toMs"`.execute(
    db,
  )
  const { tasks, unproved, letters, toMs } = rows[0]!
  const truth = (await vendor.control(`truth/tasks?org=${busy.orgId}&from=${FROM_MS}&to=${toMs}`)) as readonly unknown[]
  return { tasksTrue: truth.length, tasksLoaded: tasks, windowsUnproved: unproved, deadLetters: letters }
}
