import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { answeredCall, declinedCall, MINUTE, task, TEN } from '../testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const fetchState = async (fetchId: number) =>
  (await world.db.selectFrom('etl.fetch').select('state').where('fetch_id', '=', fetchId).executeTakeFirstOrThrow())
    .state

test('a span becomes conversations and engagements, and is mapped', async () => {
  const fetchId = await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN + MINUTE)])
  expect(await world.map(fetchId)).toEqual({ kind: 'done', counts: { landed: 2, older: 0, failed: 0 } })
  expect(await fetchState(fetchId)).toBe('mapped')
  expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])
  expect(await world.engagements('call-2')).toEqual(['Menu', 'Queue', 'Invitation:rejected'])
  const conversation = await world.db
    .selectFrom('journey.conversation')
    .selectAll()
    .where('source_task_id', '=', 'call-1')
    .where('data_source_id', '=', world.source.dataSourceId)
    .executeTakeFirstOrThrow()
  expect(conversation).toMatchObject({ status: 'Completed', is_car_complete: true, variables: { Language: 'cs' } })
  const captures = await world.db
    .selectFrom('etl.capture')
    .select(['task_id', 'kind', 'state'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .execute()
  expect(captures).toEqual([{ task_id: 'call-1', kind: 'recording', state: 'expected' }])
})

test.each([
  ['first to last', [0, 10, 20]],
  ['last to first', [20, 10, 0]],
])('a contact spans its conversations, loaded %s', async (_order, minutes) => {
  for (const minute of minutes) {
    await world.map(
      await world.fetchTasks([
        answeredCall(`call-${minute}`, TEN + minute * MINUTE, {
          origin: `+1555010${minutes[0] === 0 ? '0200' : '0300'}`,
        }),
      ]),
    )
  }
  const contacts = await world.db
    .selectFrom('journey.contact')
    .innerJoin('journey.conversation', 'journey.conversation.contact_id', 'journey.contact.contact_id')
    .select(['first_seen_at', 'last_seen_at', 'contact_kind'])
    .distinct()
    .where('data_source_id', '=', world.source.dataSourceId)
    .execute()
  expect(contacts).toEqual([
    { first_seen_at: new Date(TEN), last_seen_at: new Date(TEN + 20 * MINUTE), contact_kind: 'phone' },
  ])
})

test('members of dimensions have the names the records say', async () => {
  await world.map(await world.fetchTasks([answeredCall('call-1', TEN)]))
  const { rows } = await sql<{ name: string }>`
    select name from journey.team where data_source_id = ${world.source.dataSourceId}
    union all select name from journey.site where data_source_id = ${world.source.dataSourceId}
    union all select name from journey.queue where data_source_id = ${world.source.dataSourceId}
    union all select name from journey.agent where data_source_id = ${world.source.dataSourceId}
    union all select name from journey.entry_point where data_source_id = ${world.source.dataSourceId}
    union all select name from journey.outcome where data_source_id = ${world.source.dataSourceId}
    order by 1`.execute(world.db)
  expect(rows.map((row) => row.name)).toEqual([
    'Ann Agent',
    'Main line',
    'Sales',
    'Site One',
    'Solved',
    'Team One',
    'Welcome',
  ])
})

test('an empty span is mapped too', async () => {
  const fetchId = await world.fetchTasks([])
  await world.map(fetchId)
  expect(await fetchState(fetchId)).toBe('mapped')
})

test('an older copy never wins, a smaller set of CARs only by later activity', async () => {
  const open = task('call-1', TEN, [
    ['new', 0, 1, { ivrScriptId: 'flow-1' }],
    ['parked', 1, 9, { queueId: 'q-sales' }],
  ])
  const whole = answeredCall('call-1', TEN)
  const older = await world.fetchTasks([open])
  await world.map(await world.fetchTasks([whole]))
  expect(await world.map(older)).toMatchObject({ counts: { landed: 0, older: 1 } })
  expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])

  const smaller = { ...whole, cars: whole.cars.slice(0, 4), totalCount: whole.cars.length }
  expect(await world.map(await world.fetchTasks([smaller]))).toMatchObject({ counts: { landed: 0, older: 1 } })
  expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])

  const later = { ...smaller, csr: { ...smaller.csr, lastActivityTime: TEN + 5 * MINUTE } }
  await world.map(await world.fetchTasks([later]))
  const [held] = await world.db
    .selectFrom('journey.conversation')
    .select(['is_car_complete', 'car_count'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .execute()
  expect(held).toEqual({ is_car_complete: false, car_count: 4 })
})

test('what is no longer derived becomes a tombstone, and comes back when it is', async () => {
  const call = answeredCall('call-1', TEN)
  await world.map(await world.fetchTasks([call]))
  const withoutAgent = {
    csr: { ...call.csr, lastActivityTime: TEN + 10 * MINUTE },
    cars: call.cars.filter((car) => !['connect', 'connected', 'WrapUp'].includes(car.eventName)),
  }
  await world.map(await world.fetchTasks([withoutAgent]))
  expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue'])
  const dead = await world.db
    .selectFrom('journey.engagement')
    .select('engagement_type')
    .where('data_source_id', '=', world.source.dataSourceId)
    .where('is_deleted', '=', true)
    .execute()
  expect(dead).toEqual([{ engagement_type: 'Agent' }])
  await world.map(await world.fetchTasks([{ ...call, csr: { ...call.csr, lastActivityTime: TEN + 20 * MINUTE } }]))
  expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])
})
