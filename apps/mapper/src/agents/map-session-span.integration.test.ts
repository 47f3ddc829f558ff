import { useDatabase } from '@wxcc/testing/database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { CANARY, MINUTE, session, TEN } from '../testing/records.testing.ts'
import { activitySums, toldLogins } from './agent-time.testing.ts'

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

const sums = () => activitySums(world)

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

test('a login that is over, though the record does not say since when, ends with the last that is known of it', async () => {
  const login = session(
    's-1',
    TEN,
    [
      ['idle', 0, 300],
      ['available', 300, null],
    ],
    null,
  )
  const over = { ...login, asr: { ...login.asr, isActive: false, channelInfo: [] } }
  await world.map(await world.fetchSessions([over], { reason: 'change', toMs: TEN + 45 * MINUTE }))
  expect(await toldLogins(world)).toEqual([{ id: 's-1', isActive: false, logout: 5, evidence: 'last_activity' }])
  expect(await sums()).toEqual([[0, 'idle', 300]])
})

test('activity is told of the range that the source is loaded for, whole quarter hours', async () => {
  const fromMs = TEN - 24 * 60 * MINUTE
  const login = session('s-1', fromMs - 20 * MINUTE, [['available', 0, 30 * 60]], 30 * 60)
  await world.map(await world.fetchSessions([login]))
  expect(await sums()).toEqual([[-24 * 60, 'available', 600]])
})

test('a login of many days gives one row per quarter hour, however long it is and whenever it is read', async () => {
  const hours = 97
  const loginMs = TEN - 23 * 60 * MINUTE
  const open = session('s-1', loginMs, [['available', 0, null]], null)
  await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN }))
  await world.map(await world.fetchSessions([open], { reason: 'change', toMs: loginMs + hours * 60 * MINUTE }))
  const told = await sums()
  expect(told).toHaveLength(hours * 4)
  expect(told.every(([, state, seconds]) => state === 'available' && seconds === 900)).toBe(true)
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
