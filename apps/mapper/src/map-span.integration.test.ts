import { FatalError, FencedOff } from '@wxcc/contracts/failures'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mapFetchedSpan } from './map-span.ts'
import { MapperWorld } from './testing/mapper-world.testing.ts'
import { answeredCall, declinedCall, MINUTE, session, TEN } from './testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

/** Every row of `journey` that says when it changed, with that time. */
async function changeTimes(): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select 'conversation ' || conversation_id || ' ' || updated_at as row from journey.conversation
    union all select 'engagement ' || engagement_id || ' ' || updated_at from journey.engagement
    union all select 'turn ' || turn_id || ' ' || updated_at from journey.turn
    union all select 'media_file ' || media_file_id || ' ' || updated_at from journey.media_file
    union all select 'session ' || agent_session_id || ' ' || updated_at from journey.agent_session
    union all select 'interval ' || agent_state_interval_id || ' ' || updated_at from journey.agent_state_interval
    union all select 'activity ' || activity_id || ' ' || updated_at from journey.activity
    union all select 'contact ' || contact_id || ' ' || updated_at from journey.contact
    union all select 'agent ' || agent_id || ' ' || updated_at from journey.agent
    union all select 'queue ' || queue_id || ' ' || updated_at from journey.queue
    union all select 'status ' || agent_status_id || ' ' || updated_at from journey.agent_status
    order by 1`.execute(world.db)
  return rows.map(({ row }) => row)
}

const fetchState = async (fetchId: number) =>
  (await world.db.selectFrom('etl.fetch').select('state').where('fetch_id', '=', fetchId).executeTakeFirstOrThrow())
    .state

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

test('a repeat changes nothing, not even the time of the last change', async () => {
  const tasks = await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN + MINUTE)])
  const sessions = await world.fetchSessions([available(600)], { reason: 'change' })
  await world.map(tasks)
  await world.map(sessions)
  const before = await changeTimes()
  expect(before.length).toBeGreaterThan(15)
  await world.mapAgain(tasks)
  await world.mapAgain(sessions)
  await world.map(await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN + MINUTE)]))
  expect(await changeTimes()).toEqual(before)
})

test('a task that cannot be mapped is buried alone, and resolved when it can be', async () => {
  const good = answeredCall('call-1', TEN)
  const withoutTime = { csr: { ...declinedCall('call-2', TEN).csr, createdTime: undefined as never }, cars: [] }
  // Postgres refuses it: a wait of more than 2^63 ms.
  const refused = { ...declinedCall('call-3', TEN), csr: { ...declinedCall('call-3', TEN).csr, queueDuration: 1e30 } }
  const nameless = { csr: { ...declinedCall('call-5', TEN).csr, id: null as never }, cars: [] }
  const maimed = answeredCall('call-6', TEN)
  const withoutStep = { ...maimed, cars: maimed.cars.map((car, n) => (n === 1 ? { ...car, id: null as never } : car)) }
  const fetchId = await world.fetchTasks([
    good,
    withoutTime,
    refused,
    answeredCall('call-4', TEN),
    nameless,
    withoutStep,
  ])
  // The nameless one stands on a CSR page and on a CAR page.
  expect(await world.map(fetchId)).toMatchObject({ counts: { landed: 3, failed: 4 } })
  expect(await fetchState(fetchId)).toBe('mapped')
  const letters = () =>
    world.db
      .selectFrom('etl.dead_letter')
      .select(['job_id', 'code', 'resolved_at'])
      .where('data_source_id', '=', world.source.dataSourceId)
      .orderBy('job_id')
      .execute()
  expect(await letters()).toEqual([
    { job_id: `map-span.${world.source.key}.call-2`, code: 'record_malformed', resolved_at: null },
    { job_id: `map-span.${world.source.key}.call-3`, code: 'mapping_failed', resolved_at: null },
    { job_id: `map-span.${world.source.key}.call-6`, code: 'record_malformed', resolved_at: null },
    { job_id: expect.stringMatching(/\.page-\d+-4$/), code: 'record_malformed', resolved_at: null },
    { job_id: expect.stringMatching(/\.page-\d+-4$/), code: 'record_malformed', resolved_at: null },
  ])
  expect(world.findings.map((finding) => finding.event).toSorted()).toEqual([
    ...Array.from({ length: 4 }, () => 'record_malformed'),
    'task_not_mapped',
  ])
  expect(await world.engagements('call-6')).not.toEqual([])
  await world.map(await world.fetchTasks([declinedCall('call-3', TEN)]))
  expect((await letters()).map((letter) => letter.resolved_at !== null)).toEqual([false, true, false, false, false])
})

test('mappers of overlapping spans do not hinder each other', async () => {
  const calls = Array.from({ length: 40 }, (_, n) => answeredCall(`call-${n}`, TEN + n * 1_000))
  const spans = await Promise.all([
    world.fetchTasks(calls),
    world.fetchTasks(calls.toReversed()),
    world.fetchTasks(calls.slice(10, 30)),
    world.fetchSessions([available(600)]),
  ])
  await Promise.all(spans.map((fetchId) => world.map(fetchId)))
  const counted = await sql<{ conversations: number; engagements: number }>`
    select (select count(*)::int from journey.conversation where data_source_id = ${world.source.dataSourceId}) as conversations,
      (select count(*)::int from journey.engagement where data_source_id = ${world.source.dataSourceId} and not is_deleted) as engagements`.execute(
    world.db,
  )
  expect(counted.rows[0]).toEqual({ conversations: 40, engagements: 120 })
})

test('an overtaken claim writes nothing', async () => {
  // More than one batch: only the last one ends the fetch.
  const calls = Array.from({ length: 251 }, (_, n) => answeredCall(`call-${n}`, TEN + n * 1_000))
  const fetchId = await world.fetchTasks(calls)
  const zombie = await world.claim(fetchId)
  world.nowMs += 2 * MINUTE
  await world.claim(fetchId)
  await expect(mapFetchedSpan(world.deps, zombie)).rejects.toBeInstanceOf(FencedOff)
  expect(await world.engagements('call-1')).toEqual([])
  const sessions = await world.fetchSessions([available(600)])
  const other = await world.claim(sessions)
  world.nowMs += 2 * MINUTE
  await world.claim(sessions)
  await expect(mapFetchedSpan(world.deps, other)).rejects.toBeInstanceOf(FencedOff)
})

test('a page that is not what was listed stops the mapping', async () => {
  const fetchId = await world.fetchTasks([answeredCall('call-1', TEN)])
  const [page] = await world.db.selectFrom('etl.raw_page').selectAll().where('fetch_id', '=', fetchId).execute()
  await writeFile(world.pathOf(page!.object_key), 'another')
  await expect(world.map(fetchId)).rejects.toMatchObject({ code: 'raw_page_missing' })
  await expect(world.map(fetchId)).rejects.not.toBeInstanceOf(FatalError)
})
