import { customerIdOf } from '@wxcc/contracts/dimension-id'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import { CustomerRefusal, listMergedContacts, mergeCustomers, unmergeCustomers } from '@wxcc/db/journey/customers'
import { createDatabase, type TestDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { answeredCall, MINUTE, TEN } from '../testing/records.testing.ts'

const [ADA, BEN] = ['+442079460201', '+442079460202']
const callOf = (id: string, origin: string, minute: number) => answeredCall(id, TEN + minute * MINUTE, { origin })

// Contacts belong to no source, so every test has a database to itself.
let database: TestDatabase
let world: MapperWorld

beforeEach(async () => {
  database = await createDatabase()
  world = await MapperWorld.open(database.url, 'same')
})
afterEach(async () => {
  await world.close()
  await database.drop()
})

/** The distinct customers of a task's conversation and engagements. */
async function customersOf(taskId: string): Promise<string[]> {
  const { rows } = await sql<{ customer_id: string }>`
    select c.customer_id from journey.conversation c where c.source_task_id = ${taskId}
    union select e.customer_id from journey.engagement e join journey.conversation c using (conversation_id)
    where c.source_task_id = ${taskId} order by 1`.execute(world.db)
  return rows.map((row) => row.customer_id)
}

async function contactOf(taskId: string): Promise<string> {
  const row = await world.db
    .selectFrom('journey.conversation')
    .select('contact_id')
    .where('source_task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return row.contact_id!
}

const liveCustomers = async () =>
  (await world.db.selectFrom('journey.customer').select('customer_id').where('is_deleted', '=', false).execute()).map(
    (row) => row.customer_id,
  )

test('a merge moves the facts of both contacts to one customer, and an undoing moves them back', async () => {
  await world.map(await world.fetchTasks([callOf('ada-1', ADA, 0), callOf('ben-1', BEN, 1), callOf('ben-2', BEN, 2)]))
  const before = await hashJourney(world.db)
  const [ada, ben] = [await contactOf('ada-1'), await contactOf('ben-1')]
  expect(await customersOf('ben-1')).toEqual([customerIdOf(ben)])

  const moved = await mergeCustomers(world.db, { into: ada, ids: [ben] })
  expect(moved).toEqual({ customerId: customerIdOf(ada), contacts: 1, conversations: 2, engagements: 6 })
  for (const taskId of ['ada-1', 'ben-1', 'ben-2']) expect(await customersOf(taskId)).toEqual([customerIdOf(ada)])
  expect(await liveCustomers()).toEqual([customerIdOf(ada)])
  expect(await listMergedContacts(world.db)).toEqual([
    { contactId: ben, customerId: customerIdOf(ada), conversations: 2 },
  ])
  expect(await mergeCustomers(world.db, { into: ada, ids: [ben] })).toMatchObject({ contacts: 0, engagements: 0 })

  // A customer stands for all its contacts.
  expect(await unmergeCustomers(world.db, [customerIdOf(ada)])).toMatchObject({ conversations: 2, engagements: 6 })
  expect(await customersOf('ben-1')).toEqual([customerIdOf(ben)])
  expect(await hashJourney(world.db)).toEqual(before)
})

test('a merge holds for calls that come later, for repeats, and for a replay into empty tables', async () => {
  const first = await world.fetchTasks([callOf('ada-1', ADA, 0), callOf('ben-1', BEN, 1)])
  await world.map(first)
  const [ada, ben] = [await contactOf('ada-1'), await contactOf('ben-1')]
  await mergeCustomers(world.db, { into: ada, ids: [ben] })
  const changed = async () =>
    (await sql`select engagement_id, updated_at from journey.engagement order by 1`.execute(world.db)).rows
  const merged = await changed()
  await world.mapAgain(first)
  expect(await changed()).toEqual(merged)

  const second = await world.fetchTasks([callOf('ben-2', BEN, 5)])
  await world.map(second)
  expect(await customersOf('ben-2')).toEqual([customerIdOf(ada)])
  const { sha256 } = await hashJourney(world.db)

  await sql`truncate journey.conversation, journey.engagement, journey.contact, journey.customer, etl.task_source, etl.capture cascade`.execute(
    world.db,
  )
  await world.mapAgain(second)
  await world.mapAgain(first)
  for (const taskId of ['ada-1', 'ben-1', 'ben-2']) expect(await customersOf(taskId)).toEqual([customerIdOf(ada)])
  expect((await hashJourney(world.db)).sha256).toBe(sha256)
})

test('contacts move on from customer to customer, and one that is left by all is a tombstone', async () => {
  const cleo = '+442079460203'
  await world.map(await world.fetchTasks([callOf('ada', ADA, 0), callOf('ben', BEN, 1), callOf('cleo', cleo, 2)]))
  const [a, b, c] = [await contactOf('ada'), await contactOf('ben'), await contactOf('cleo')]
  await mergeCustomers(world.db, { into: a, ids: [b] })
  await mergeCustomers(world.db, { into: customerIdOf(c), ids: [customerIdOf(a)] })
  expect(await liveCustomers()).toEqual([customerIdOf(c)])
  expect(await customersOf('ben')).toEqual([customerIdOf(c)])
  await unmergeCustomers(world.db, [a])
  expect((await liveCustomers()).toSorted()).toEqual([customerIdOf(a), customerIdOf(c)].toSorted())
  expect(await customersOf('ben')).toEqual([customerIdOf(c)])
})

test('unknown ids and the contact of all hidden callers are refused', async () => {
  await world.map(await world.fetchTasks([callOf('ada-1', ADA, 0), callOf('hidden', 'anonymous', 1)]))
  const [ada, hidden] = [await contactOf('ada-1'), await contactOf('hidden')]
  await expect(mergeCustomers(world.db, { into: ada, ids: [hidden] })).rejects.toBeInstanceOf(CustomerRefusal)
  const nobody = '00000000-0000-4000-8000-000000000001'
  await expect(mergeCustomers(world.db, { into: ada, ids: [nobody] })).rejects.toThrow(nobody)
  expect(await listMergedContacts(world.db)).toEqual([])
})

test('a merge waits for tasks that are being mapped, and misses none of them', async () => {
  await world.map(await world.fetchTasks([callOf('ada-1', ADA, 0), callOf('ben-1', BEN, 1)]))
  const [ada, ben] = [await contactOf('ada-1'), await contactOf('ben-1')]
  const more = await world.fetchTasks(Array.from({ length: 60 }, (_, n) => callOf(`ben-more-${n}`, BEN, n)))
  await Promise.all([world.map(more), mergeCustomers(world.db, { into: ada, ids: [ben] })])
  const { rows } = await sql<{ customer_id: string }>`
    select customer_id from journey.conversation union select customer_id from journey.engagement`.execute(world.db)
  expect(rows).toEqual([{ customer_id: customerIdOf(ada) }])
})
