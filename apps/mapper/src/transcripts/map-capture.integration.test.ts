import { RetryableError } from '@wxcc/contracts/failures'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { answeredCall, CANARY, declinedCall, MINUTE, session, task, TEN } from '../testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const chat = (id: string) =>
  task(
    id,
    TEN,
    [
      ['new', 0, 2],
      ['connect', 2, 5, { queueId: 'q-sales', agentId: 'ann' }],
      ['connected', 5, 60, { queueId: 'q-sales', agentId: 'ann' }],
      ['ended', 60, 60],
    ],
    {
      channelType: 'chat',
      origin: 'canary@example.test',
      customer: { name: CANARY.name, email: 'canary@example.test' },
    },
  )

const messages = JSON.stringify({
  messages: [
    { id: 'm1', role: 'customer', timestamp: TEN + 10_000, text: CANARY.message },
    { id: 'm2', role: 'agent', timestamp: TEN + 20_000, text: 'How may I help?' },
  ],
})

async function turns() {
  const { rows } = await sql<{
    turn_type: string
    participant: string
    engagement_type: string | null
    has_agent: boolean
  }>`
    select t.turn_type, t.participant, e.engagement_type, t.agent_id is not null as has_agent
    from journey.turn t left join journey.engagement e on e.engagement_id = t.engagement_id
    where t.data_source_id = ${world.source.dataSourceId} and not t.is_deleted order by t.sequence_no`.execute(world.db)
  return rows
}

test('a chat’s messages are turns of the agent’s engagement, and what was said is personal', async () => {
  await world.map(await world.fetchTasks([chat('chat-1')]))
  const captureId = await world.storeCapture('chat-1', 'transcript', messages, TEN)
  expect(await world.mapCapture(captureId)).toEqual({ kind: 'done', counts: { turns: 2 } })
  expect(await turns()).toEqual([
    { turn_type: 'Message', participant: 'Customer', engagement_type: 'Agent', has_agent: false },
    { turn_type: 'Message', participant: 'Agent', engagement_type: 'Agent', has_agent: true },
  ])
  const said = await world.db.selectFrom('pii.turn_content').select('body_text').orderBy('body_text').execute()
  expect(said.map((row) => row.body_text)).toContain(CANARY.message)
  expect(await world.mapCapture(captureId)).toEqual({ kind: 'skipped', reason: 'stale' })
})

test('a recording is one turn and one file', async () => {
  await world.map(await world.fetchTasks([answeredCall('call-1', TEN)]))
  await world.mapCapture(await world.storeCapture('call-1', 'recording', 'RIFF', TEN + 20_000))
  expect(await turns()).toEqual([
    { turn_type: 'Menu Step', participant: 'System', engagement_type: 'Menu', has_agent: expect.any(Boolean) },
    { turn_type: 'Recording', participant: 'Unknown', engagement_type: 'Agent', has_agent: false },
  ])
  const files = await world.db
    .selectFrom('journey.media_file')
    .select(['media_kind', 'turn_id'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .execute()
  expect(files).toEqual([{ media_kind: 'recording', turn_id: expect.any(String) }])
})

test('turns follow the engagements of their task', async () => {
  const early = { ...chat('chat-1'), cars: chat('chat-1').cars.slice(0, 1), totalCount: 1 }
  await world.map(await world.fetchTasks([{ ...early, csr: { ...early.csr, lastActivityTime: TEN } }]))
  await world.mapCapture(await world.storeCapture('chat-1', 'transcript', messages, TEN))
  expect((await turns()).map((turn) => turn.engagement_type)).toEqual([null, null])
  await world.map(await world.fetchTasks([chat('chat-1')]))
  expect(await turns()).toEqual([
    { turn_type: 'Message', participant: 'Customer', engagement_type: 'Agent', has_agent: false },
    { turn_type: 'Message', participant: 'Agent', engagement_type: 'Agent', has_agent: true },
  ])
})

test('a transcript nobody can read is kept, without turns', async () => {
  await world.map(await world.fetchTasks([chat('chat-1')]))
  const captureId = await world.storeCapture('chat-1', 'transcript', '<html>not yet</html>', TEN)
  expect(await world.mapCapture(captureId)).toEqual({ kind: 'done', counts: { turns: 0 } })
  const capture = await world.db
    .selectFrom('etl.capture')
    .select(['map_code', 'mapped_at'])
    .where('capture_id', '=', captureId)
    .executeTakeFirstOrThrow()
  expect(capture).toEqual({ map_code: 'unknown_shape', mapped_at: new Date(world.nowMs) })
  expect(world.findings).toEqual([{ event: 'unknown_transcript_shape', captureId }])
})

test('a capture waits for its task, and a file that is not what was stored is refused', async () => {
  const captureId = await world.storeCapture('chat-1', 'transcript', messages, TEN)
  await expect(world.mapCapture(captureId)).rejects.toBeInstanceOf(RetryableError)
  const { object_key } = await world.db
    .selectFrom('etl.capture')
    .select('object_key')
    .where('capture_id', '=', captureId)
    .executeTakeFirstOrThrow()
  await writeFile(world.pathOf(object_key!), 'another')
  await expect(world.mapCapture(captureId)).rejects.toMatchObject({ code: 'storage_mismatch' })
})

test('names, numbers, messages, comments and variables are in pii and nowhere else', async () => {
  await world.map(await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN), chat('chat-1')]))
  await world.map(
    await world.fetchSessions([session('s-1', TEN, [['available', 0, 600]], 600)], {
      reason: 'change',
      toMs: TEN + 15 * MINUTE,
    }),
  )
  await world.mapCapture(await world.storeCapture('chat-1', 'transcript', messages, TEN))
  const broken = { csr: { ...declinedCall('call-3', TEN).csr, createdTime: undefined as never }, cars: [] }
  await world.map(await world.fetchTasks([broken]))
  const { rows: tables } = await sql<{ name: string; schema: string }>`
    select c.relname as name, n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('etl', 'journey', 'bi', 'pii') and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition`.execute(
    world.db,
  )
  const found: string[] = []
  for (const [what, value] of Object.entries({ ...CANARY, email: 'canary@example.test' })) {
    for (const table of tables) {
      const { rows } = await sql<{ hits: number }>`
        select count(*)::int as hits from ${sql.table(`${table.schema}.${table.name}`)} t where position(${value} in t::text) > 0`.execute(
        world.db,
      )
      if (rows[0]!.hits > 0) found.push(`${what} in ${table.schema}.${table.name}`)
    }
  }
  expect(found.sort()).toEqual([
    'card in pii.conversation_detail',
    'comment in pii.conversation_detail',
    'email in pii.contact_identity',
    'message in pii.turn_content',
    'name in pii.contact_identity',
    'name in pii.conversation_detail',
    'phone in pii.contact_identity',
  ])
})
