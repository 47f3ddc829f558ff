import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AarRecord, AsrRecord } from '../rules/records.ts'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { session, type SessionRecords, TEN } from '../testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const login = (id: string): SessionRecords =>
  session(
    id,
    TEN,
    [
      ['idle', 0, 300],
      ['available', 300, 600],
    ],
    600,
  )

/** `<login> complete|incomplete <states>` */
async function landed(): Promise<string[]> {
  const rows = await world.db
    .selectFrom('journey.agent_session')
    .select(['source_agent_session_id', 'is_activity_complete', 'activity_count'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .orderBy('source_agent_session_id')
    .execute()
  return rows.map((row) => {
    const is = row.is_activity_complete ? 'complete' : 'incomplete'
    return `${row.source_agent_session_id} ${is} ${row.activity_count}`
  })
}

async function openLetters(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select code || ' ' || (payload ->> 'recordId') as line from etl.dead_letter
    where data_source_id = ${world.source.dataSourceId} and resolved_at is null order by 1`.execute(world.db)
  return rows.map(({ line }) => line)
}

test('a login without agent or time, and one without an id, are buried; the others of the page land', async () => {
  const [lost, late, nameless] = [login('s-1'), login('s-2'), login('s-3')]
  await world.map(
    await world.fetchSessions([
      { ...lost, asr: { ...lost.asr, agentId: null } as unknown as AsrRecord },
      { ...late, asr: { ...late.asr, startTime: null } as unknown as AsrRecord },
      { ...nameless, asr: { ...nameless.asr, agentSessionId: null } as unknown as AsrRecord, channels: [] },
      login('s-4'),
    ]),
  )
  expect(await landed()).toEqual(['s-4 complete 2'])
  // Nameless on the page of log-ins and on the one of their states.
  expect(await openLetters()).toEqual([
    expect.stringMatching(/^record_malformed page-\d+-2$/),
    expect.stringMatching(/^record_malformed page-\d+-2$/),
    'record_malformed s-1',
    'record_malformed s-2',
  ])
})

test('a state that is none is left out, in plain sight until it comes whole', async () => {
  const whole = login('s-1')
  const [idle, available] = whole.channels[0]!.activities
  const broken = { ...available!, startTime: null } as unknown as AarRecord
  const maimed = { ...whole, channels: [{ ...whole.channels[0]!, activities: [idle!, broken] }] }
  await world.map(await world.fetchSessions([maimed]))
  expect([await landed(), await openLetters()]).toEqual([['s-1 incomplete 1'], ['record_malformed s-1']])
  await world.map(await world.fetchSessions([whole]))
  expect([await landed(), await openLetters()]).toEqual([['s-1 complete 2'], []])
})

test('a login of which no channel is told is not complete', async () => {
  const told = login('s-1')
  await world.map(await world.fetchSessions([{ asr: { ...told.asr, channelInfo: null }, channels: [] }]))
  expect([await landed(), await openLetters()]).toEqual([['s-1 incomplete 0'], []])
})
