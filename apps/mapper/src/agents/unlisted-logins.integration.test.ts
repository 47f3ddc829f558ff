import { useDatabase } from '@wxcc/testing/database'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { MINUTE, session, TEN } from '../testing/records.testing.ts'
import { activitySums, toldLogins } from './agent-time.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const open = session('s-1', TEN, [['available', 0, null]], null)

/** A change pass up to so many minutes after ten, read six minutes later. */
function pass(minutes: number, sessions = [open], to = world): Promise<number> {
  to.nowMs = TEN + (minutes + 6) * MINUTE
  return to.fetchSessions(sessions, { reason: 'change', toMs: TEN + minutes * MINUTE })
}

describe('a login that is no longer listed (mapping ruling 26)', () => {
  test('is closed where agent time was complete when a pass missed it, and stays so', async () => {
    await world.map(await pass(15))
    await world.map(await pass(30, []))
    const closed = { id: 's-1', isActive: false, logout: 30, evidence: 'not_listed' }
    expect(await toldLogins(world)).toEqual([closed])
    await world.map(await pass(45, []))
    expect(await toldLogins(world)).toEqual([closed])
    expect(await activitySums(world)).toEqual([
      [0, 'available', 900],
      [15, 'available', 900],
    ])
  })

  test('is open again, and counted throughout, when it comes back', async () => {
    await world.map(await pass(15))
    await world.map(await pass(30, []))
    await world.map(await pass(60))
    expect(await toldLogins(world)).toEqual([{ id: 's-1', isActive: true, logout: null, evidence: null }])
    expect(await activitySums(world)).toEqual([0, 15, 30, 45].map((minute) => [minute, 'available', 900]))
  })

  test('ends when its record says so after all, be it earlier or later', async () => {
    for (const minutes of [25, 40]) {
      const own = await MapperWorld.open(database.url())
      await own.map(await pass(15, [open], own))
      await own.map(await pass(30, [], own))
      await own.map(await pass(60, [session('s-1', TEN, [['available', 0, minutes * 60]], minutes * 60)], own))
      expect(await toldLogins(own)).toEqual([{ id: 's-1', isActive: false, logout: minutes, evidence: 'source' }])
      const seconds = (await activitySums(own)).reduce((sum, [, , each]) => sum + each, 0)
      expect(seconds).toBe(minutes * 60)
      await own.close()
    }
  })

  test('is closed at the same time in whatever order the passes are mapped, and mapped again', async () => {
    const orders = [
      [0, 1, 2, 3],
      [2, 3, 1, 0],
      [1, 2, 3, 0],
    ]
    const told = []
    for (const order of orders) {
      const own = await MapperWorld.open(database.url())
      const spans = [
        await pass(15, [open], own),
        await pass(30, [], own),
        await pass(45, [], own),
        await pass(60, [session('s-2', TEN + 58 * MINUTE, [['idle', 0, null]], null)], own),
      ]
      for (const place of order) await own.map(spans[place]!)
      for (const place of order.slice(0, 2)) await own.mapAgain(spans[place]!)
      told.push({ logins: await toldLogins(own), sums: await activitySums(own) })
      await own.close()
    }
    expect(told[0]!.logins).toEqual([
      { id: 's-1', isActive: false, logout: 30, evidence: 'not_listed' },
      { id: 's-2', isActive: true, logout: null, evidence: null },
    ])
    expect(told[0]!.sums).toEqual([
      [0, 'available', 900],
      [15, 'available', 900],
      [45, 'idle', 120],
    ])
    for (const other of told) expect(other).toEqual(told[0])
  })

  test('frees the agent for the next login, also where that came before the pass noticed', async () => {
    await world.map(await pass(15))
    await world.map(await pass(30, [session('s-2', TEN + 20 * MINUTE, [['idle', 0, null]], null)]))
    expect(await activitySums(world)).toEqual([
      [0, 'available', 900],
      [15, 'available', 300],
      [15, 'idle', 600],
    ])
  })
})

describe('a login goes on when the pass need not have listed it:', () => {
  test('it was seen after the pass was read', async () => {
    const early = await pass(30, [])
    world.nowMs = TEN + 40 * MINUTE
    await world.map(await world.fetchSessions([open]))
    await world.map(early)
    expect(await toldLogins(world)).toMatchObject([{ isActive: true }])
    expect(await activitySums(world)).toHaveLength(2)
  })

  test('it may have ended before what the pass asked for', async () => {
    world.nowMs = TEN - 61 * MINUTE
    const begun = session('s-1', TEN - 90 * MINUTE, [['available', 0, null]], null)
    await world.map(await world.fetchSessions([begun]))
    await world.map(await pass(15, []))
    expect(await toldLogins(world)).toMatchObject([{ isActive: true }])
  })

  test('the pass listed it with records that cannot be read', async () => {
    await world.map(await pass(15))
    const maimed = { ...open, asr: { ...open.asr, agentId: null as unknown as string } }
    await world.map(await pass(30, [maimed]))
    expect(await toldLogins(world)).toMatchObject([{ isActive: true }])
    expect(await activitySums(world)).toHaveLength(2)
  })

  test('the pass could not be mapped to its end', async () => {
    const first = await pass(15)
    await world.map(first)
    const broken = await pass(30, [])
    await world.db.updateTable('etl.fetch').set({ state: 'failed' }).where('fetch_id', '=', broken).execute()
    await world.mapAgain(first)
    expect(await toldLogins(world)).toMatchObject([{ isActive: true }])
    expect(await activitySums(world)).toHaveLength(1)
  })
})
