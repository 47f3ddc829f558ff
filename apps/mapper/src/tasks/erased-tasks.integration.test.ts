import { gunzipSync } from 'node:zlib'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import { eraseContact } from '@wxcc/erasure/erase-contact'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mapFetchedSpan } from '../map-span.ts'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { answeredCall, MINUTE, TEN } from '../testing/records.testing.ts'

const [ADA, BEN] = ['+442079460201', '+442079460202']
const callOf = (id: string, origin: string, minute: number) =>
  answeredCall(id, TEN + minute * MINUTE, { origin, customer: { name: `Name of ${origin}` }, captureRequested: true })

const database = useDatabase()
let world: MapperWorld

beforeAll(async () => {
  world = await MapperWorld.open(database.url())
})
afterAll(() => world.close())

const erase = (contactId: string) =>
  eraseContact(
    { db: world.db, objects: world.deps.objects, contactKey: world.deps.contactKey, now: world.deps.clock },
    contactId,
  )

async function contactOf(taskId: string): Promise<string> {
  const { contact_id } = await world.db
    .selectFrom('journey.conversation')
    .select('contact_id')
    .where('source_task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return contact_id!
}

async function pagesText(): Promise<string> {
  const pages = await world.db.selectFrom('etl.raw_page').select('object_key').execute()
  const texts = await Promise.all(
    pages.map(async (page) => gunzipSync((await world.deps.objects.get(page.object_key))!)),
  )
  return texts.join('\n')
}

async function personalText(): Promise<string> {
  const { rows } = await sql<{ text: string }>`
    select concat((select string_agg(t::text, ' ') from pii.contact_identity t), (select string_agg(t::text, ' ') from pii.conversation_detail t)) as text`.execute(
    world.db,
  )
  return rows[0]!.text
}

test('an erased customer is nobody, also where the same task or another one of theirs comes again, on any page', async () => {
  const first = await world.fetchTasks([callOf('ada-1', ADA, 0), callOf('ben-1', BEN, 1)])
  await world.map(first)
  const ada = await contactOf('ada-1')
  expect(await personalText()).toContain(ADA)

  const receipt = await erase(ada)
  expect(receipt.figures).toMatchObject({ tasks: 1, conversations: 1, pages: 1 })
  expect(await contactOf('ada-1')).toBe(receipt.replacementContactId)
  expect(await personalText()).not.toMatch(/2079460201/)
  expect(await pagesText()).not.toMatch(/2079460201/)
  const erased = await hashJourney(world.db)

  await world.mapAgain(first)
  await world.map(await world.fetchTasks([callOf('ada-1', ADA, 0), callOf('ben-1', BEN, 1)]))
  expect((await hashJourney(world.db)).tables).toEqual(erased.tables)

  await world.map(await world.fetchTasks([callOf('ada-2', ADA, 2)]))
  expect(await contactOf('ada-2')).toBe(receipt.replacementContactId)
  expect(await personalText()).not.toMatch(/2079460201/)
  expect(await pagesText()).not.toMatch(/2079460201/)
  expect(await pagesText()).toContain(BEN)
  const captures = await world.db
    .selectFrom('etl.capture')
    .select(['task_id', 'state', 'reason'])
    .orderBy('task_id')
    .execute()
  expect(captures).toEqual([
    { task_id: 'ada-1', state: 'expired', reason: 'capture_erased' },
    { task_id: 'ben-1', state: 'expected', reason: null },
  ])
})

test.each([
  ['looked at', 1],
  ['mapped', 3],
])('a customer who is erased while a page with them is being %s is nobody as well', async (_moment, reading) => {
  const number = `+44207946030${reading}`
  const [known, late] = [`known-${reading}`, `late-${reading}`]
  await world.map(await world.fetchTasks([callOf(known, number, 3)]))
  const contactId = await contactOf(known)
  const fetchId = await world.fetchTasks([callOf(late, number, 4)])
  const claim = await world.claim(fetchId)
  // Since somebody was erased before, pages are read twice: for people who are to be taken out, and then for their records. There are two.
  let readings = 0
  const objects: ObjectStore = {
    ...world.deps.objects,
    async get(key) {
      const bytes = await world.deps.objects.get(key)
      if (++readings === reading) await erase(contactId)
      return bytes
    },
  }
  await mapFetchedSpan({ ...world.deps, objects }, claim)
  expect(readings).toBeGreaterThanOrEqual(reading)
  expect(await contactOf(late)).toBe(await contactOf(known))
  expect(await contactOf(late)).not.toBe(contactId)
  expect(await personalText()).not.toContain(number.slice(3))
  expect(await pagesText()).not.toContain(number.slice(3))
})
