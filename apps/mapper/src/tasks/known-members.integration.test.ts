import { dimensionId } from '@wxcc/contracts/dimension-id'
import { useDatabase } from '@wxcc/testing/database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { answeredCall, MINUTE, session, task, TEN } from '../testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const DAY = 24 * 60 * MINUTE
const inFlow = (id: string, startMs: number, name: string) =>
  task(id, startMs, [
    ['new', 0, 5, { ivrScriptId: 'flow-1', ivrScriptName: name }],
    ['ended', 5, 5],
  ])

const flowName = async () => {
  const row = await world.db
    .selectFrom('journey.agent')
    .select('name')
    .where('agent_id', '=', dimensionId(world.source.key, 'agent_menu', 'flow-1'))
    .executeTakeFirstOrThrow()
  return row.name
}

const labelsOf = (memberId: string) =>
  world.db
    .selectFrom('journey.member_label')
    .select(['label_kind', 'label', 'seen_from', 'seen_until'])
    .where('member_id', '=', memberId)
    .orderBy('label')
    .execute()

test.each([
  ['older news last', [4, 0, 1]],
  ['newer news last', [0, 1, 4]],
  ['in one batch', [[0, 1, 4]]],
])('the newest record names a member, and older names are kept: %s', async (_order, days) => {
  const names = ['First name', 'First name', '', '', 'Second name']
  for (const batch of days) {
    const some = [batch].flat().map((day) => inFlow(`call-${day}`, TEN + day * DAY, names[day]!))
    await world.map(await world.fetchTasks(some))
  }
  expect(await flowName()).toBe('Second name')
  expect(await labelsOf(dimensionId(world.source.key, 'agent_menu', 'flow-1'))).toEqual([
    { label_kind: 'name', label: 'First name', seen_from: '2026-03-02', seen_until: '2026-03-03' },
    { label_kind: 'name', label: 'Second name', seen_from: '2026-03-06', seen_until: '2026-03-06' },
  ])
})

test('of one day the alphabetically first name stands, whichever came first', async () => {
  await world.map(await world.fetchTasks([inFlow('call-1', TEN, 'Beta')]))
  expect(await flowName()).toBe('Beta')
  await world.map(await world.fetchTasks([inFlow('call-2', TEN - MINUTE, 'Alpha')]))
  expect(await flowName()).toBe('Alpha')
  await world.map(await world.fetchTasks([inFlow('call-3', TEN + MINUTE, 'Gamma')]))
  expect(await flowName()).toBe('Alpha')
})

test('a name that the configuration gave stands above all records', async () => {
  const id = dimensionId(world.source.key, 'queue', 'q-sales')
  await world.map(await world.fetchTasks([answeredCall('call-1', TEN)]))
  await world.db.updateTable('journey.queue').set({ name: 'Sales desk' }).where('queue_id', '=', id).execute()
  await world.db
    .insertInto('journey.member_label')
    .values({
      member_id: id,
      label_kind: 'name',
      label: 'Sales desk',
      data_source_id: world.source.dataSourceId,
      member_kind: 'queue',
      configured_from: new Date(TEN),
    })
    .execute()
  await world.map(await world.fetchTasks([answeredCall('call-2', TEN + DAY)]))
  const row = await world.db.selectFrom('journey.queue').select('name').where('queue_id', '=', id).executeTakeFirst()
  expect(row?.name).toBe('Sales desk')
  expect((await labelsOf(id)).map((label) => label.label)).toEqual(['Sales', 'Sales desk'])
})

test('a sign-in comes from agent sessions, and the newest counts', async () => {
  const login = (id: string, atMs: number, userLoginId: string) => {
    const records = session(id, atMs, [['idle', 0, 60]], 60)
    return { ...records, asr: { ...records.asr, userLoginId } }
  }
  await world.map(await world.fetchSessions([login('s-2', TEN + DAY, 'ann.new@example.test')]))
  await world.map(await world.fetchSessions([login('s-1', TEN, 'ann@example.test')]))
  const row = await world.db
    .selectFrom('journey.agent')
    .select(['name', 'login'])
    .where('agent_id', '=', dimensionId(world.source.key, 'agent', 'ann'))
    .executeTakeFirst()
  expect(row).toEqual({ name: 'Ann Agent', login: 'ann.new@example.test' })
})
