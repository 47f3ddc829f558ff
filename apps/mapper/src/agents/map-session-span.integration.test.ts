import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { CANARY, MINUTE, session, TEN } from '../testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const available = (seconds: number) =>
  session(
    's-ann',
    TEN,
    [
      ['available', 0, seconds],
      ['logged-out', seconds, seconds],
    ],
    seconds,
  )

const sums = async () => {
  const { rows } = await sql<{ at: number; state: string; ms: number }>`
    select (extract(epoch from a.interval_time) * 1000)::bigint as at, s.source_state as state, a.activity_time_ms as ms
    from journey.activity a join journey.agent_status s using (agent_status_id)
    where a.data_source_id = ${world.source.dataSourceId} and not a.is_deleted order by 1, 2`.execute(world.db)
  return rows.map((row) => [(row.at - TEN) / MINUTE, row.state, row.ms / 1_000])
}

test('states are sliced on the quarter hour', async () => {
  const login = session(
    's-1',
    TEN + 5 * MINUTE,
    [
      ['idle', 0, 120],
      ['available', 120, 900],
      ['connected', 900, 1500],
    ],
    1500,
  )
  await world.map(await world.fetchSessions([login]))
  expect(await sums()).toEqual([
    [0, 'available', 480],
    [0, 'idle', 120],
    [15, 'available', 300],
    [15, 'connected', 600],
  ])
  const held = await world.db
    .selectFrom('journey.agent_session')
    .select(['activity_count', 'is_activity_complete', 'channel_totals'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .executeTakeFirstOrThrow()
  expect(held).toMatchObject({ activity_count: 3, is_activity_complete: true })
  expect(JSON.stringify(held)).not.toContain(CANARY.phone)
})

test('an open login counts up to the last pass, and is settled when it ends', async () => {
  const open = session(
    's-1',
    TEN,
    [
      ['idle', 0, 600],
      ['available', 600, null],
    ],
    null,
  )
  await world.map(await world.fetchSessions([open]))
  expect(await sums()).toEqual([[0, 'idle', 600]])
  await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 30 * MINUTE }))
  expect(await sums()).toEqual([
    [0, 'available', 300],
    [0, 'idle', 600],
    [15, 'available', 900],
  ])
  // It had ended at 10:20, which was published late.
  const ended = session(
    's-1',
    TEN,
    [
      ['idle', 0, 600],
      ['available', 600, 1200],
    ],
    1200,
  )
  const late = await world.fetchSessions([ended])
  await world.map(late)
  const settled = [
    [0, 'available', 300],
    [0, 'idle', 600],
    [15, 'available', 300],
  ]
  expect(await sums()).toEqual(settled)
  // An older pass changes nothing any more.
  await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 15 * MINUTE }))
  expect(await sums()).toEqual(settled)
})

test('passes mapped in the wrong order count as far as the later one', async () => {
  const open = session('s-1', TEN, [['available', 0, null]], null)
  await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 45 * MINUTE }))
  const before = await sums()
  expect(before).toEqual([0, 15, 30].map((minute) => [minute, 'available', 900]))
  // Ben's day makes the older pass derive everybody's second quarter hour anew.
  const ben = session('s-ben', TEN, [['logged-out', 1200, 1300]], 1300)
  const older = [open, { ...ben, asr: { ...ben.asr, agentId: 'ben' } }]
  await world.map(await world.fetchSessions(older, { reason: 'change', toMs: TEN + 15 * MINUTE }))
  const touched = session(
    's-1',
    TEN,
    [
      ['idle', -60, 0],
      ['available', 0, null],
    ],
    null,
  )
  await world.map(await world.fetchSessions([touched, older[1]!], { reason: 'change', toMs: TEN + 15 * MINUTE }))
  expect((await sums()).filter(([, state]) => state === 'available')).toEqual(before)
})

test('a state that ended earlier than it was counted is taken back, also while the login lasts', async () => {
  const open = session('s-1', TEN, [['available', 0, null]], null)
  await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 45 * MINUTE }))
  await world.map(await world.fetchSessions([session('s-1', TEN, [['available', 0, 300]], null)]))
  expect(await sums()).toEqual([[0, 'available', 300]])
})

test('a login that never ends is over when the agent logs in again', async () => {
  const vanished = session('s-1', TEN, [['available', 0, null]], null)
  const next = session('s-2', TEN + 20 * MINUTE, [['idle', 0, 300]], 300)
  await world.map(await world.fetchSessions([vanished], { reason: 'change', toMs: TEN + 45 * MINUTE }))
  await world.map(await world.fetchSessions([next]))
  expect(await sums()).toEqual([
    [0, 'available', 900],
    [15, 'available', 300],
    [15, 'idle', 300],
  ])
})

test('a pass moves everybody who is logged in, listed or not', async () => {
  const open = session('s-1', TEN, [['available', 0, null]], null)
  await world.map(await world.fetchSessions([open]))
  await world.map(await world.fetchSessions([], { reason: 'change', toMs: TEN + 15 * MINUTE }))
  expect(await sums()).toEqual([[0, 'available', 900]])
})

test('missing states leave the login incomplete', async () => {
  const login = available(600)
  const channels = login.channels.map((channel) => ({ ...channel, totalCount: 5 }))
  await world.map(await world.fetchSessions([{ ...login, channels }]))
  const held = await world.db
    .selectFrom('journey.agent_session')
    .select(['activity_count', 'is_activity_complete'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .executeTakeFirstOrThrow()
  expect(held).toEqual({ activity_count: 2, is_activity_complete: false })
})
