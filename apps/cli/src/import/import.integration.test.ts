import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { connectDatabase, type Database } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import { ensureImportedSource, type ImportedSource } from '@wxcc/db/imported-source'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { importLines } from './import-lines.ts'
import type { RefusedLine } from './write-batch.ts'

const database = useDatabase()
const EXAMPLE = path.join(import.meta.dirname, '../../../../docs/examples/journeys.jsonl')
const contactKey = Buffer.from('test key of contact ids, 32 byte')
let db: Database
let source: ImportedSource
let sources = 0

beforeAll(() => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-cli-test', poolSize: 3 })
})
afterAll(() => db.destroy())
beforeEach(async () => {
  source = (await ensureImportedSource(db, { key: `other_${(sources += 1)}`, vendor: 'other' }))!
})

async function* each(lines: readonly string[]) {
  yield* lines
}

async function take(lines: readonly (string | object)[]) {
  const refused: RefusedLine[] = []
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  const report = await importLines(
    db,
    { source, contactKey, nowMs: Date.UTC(2026, 2, 3) },
    each(texts),
    async (line) => void refused.push(line),
  )
  return { ...report, lines: refused }
}

const example = async () => (await readFile(EXAMPLE, 'utf8')).trim().split('\n')

const metricsOf = async (dataSourceId: number) =>
  (
    await sql<Record<string, string | number>>`
      select agent_engagements, available_time_ms, engagement_time_ms, menu_time_ms, invitations, missed_invitations,
        queue_engagements, wait_time_answered_ms, wrap_up_time_ms
      from bi.metric_seed_daily where data_source_id = ${dataSourceId}`.execute(db)
  ).rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])))

/** A source that the pipeline loads, with the same ids as the example's rows and a call of the same customer. */
async function webexBeside(): Promise<number> {
  const key = Buffer.from('sealed')
  const { credential_id } = await db
    .insertInto('etl.credential')
    .values({ client_id: 'c', token_url: 'u', key_id: 'k', client_secret_sealed: key, refresh_token_sealed: key })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  const { data_source_id } = await db
    .insertInto('etl.data_source')
    .values({
      data_source_key: 'acme',
      display_name: 'Acme',
      source_org_id: 'acme',
      data_center: 'us1',
      api_url: 'http://127.0.0.1',
      credential_id,
      load_from: new Date(0),
    })
    .returning('data_source_id')
    .executeTakeFirstOrThrow()
  await importLines(
    db,
    {
      source: { dataSourceId: data_source_id, key: 'acme', vendor: 'webex_cc', defaultCountry: null },
      contactKey,
      nowMs: 0,
    },
    each(await example()),
    async () => {},
  )
  return data_source_id
}

test('a file of another vendor stands beside Webex in all nine metrics, without sharing an id but the caller’s', async () => {
  const webexId = await webexBeside()
  expect(await take(await example())).toEqual({ taken: 14, refused: 0, lines: [] })
  const metrics = {
    agent_engagements: 1,
    available_time_ms: 600_000,
    engagement_time_ms: 90_000,
    menu_time_ms: 5_000,
    invitations: 1,
    missed_invitations: 1,
    queue_engagements: 1,
    wait_time_answered_ms: 10_000,
    wrap_up_time_ms: 15_000,
  }
  expect(await metricsOf(source.dataSourceId)).toEqual([metrics])
  expect(await metricsOf(webexId)).toEqual([metrics])
  const { rows } = await sql<{ contacts: number; customers: number; engagements: number; vendors: string[] }>`
    select count(distinct c.contact_id)::int as contacts, count(distinct c.customer_id)::int as customers,
      (select count(*)::int from journey.engagement) as engagements, array_agg(c.channel_vendor order by c.channel_vendor) as vendors
    from journey.conversation c`.execute(db)
  expect(rows).toEqual([{ contacts: 1, customers: 1, engagements: 8, vendors: ['other', 'webex_cc'] }])
  // The passes of the pipeline see its own sources only; readers see both.
  expect((await listSources(db)).map((one) => one.key)).toEqual(['acme'])
  const { rows: fresh } = await sql<{ n: number }>`select count(*)::int as n from bi.freshness`.execute(db)
  expect(fresh).toEqual([{ n: 2 }])
  const { rows: stray } = await sql`
    select 1 from journey.conversation_default union all select 1 from journey.engagement_default
    union all select 1 from journey.turn_default union all select 1 from journey.activity_default`.execute(db)
  expect(stray).toEqual([])
})

test('a repeat changes nothing, in any batches', async () => {
  await take(await example())
  const before = await hashJourney(db)
  const { rows } = await sql`select engagement_id, updated_at from journey.engagement order by 1`.execute(db)
  for (const line of await example()) await take([line])
  expect(await hashJourney(db)).toEqual(before)
  expect((await sql`select engagement_id, updated_at from journey.engagement order by 1`.execute(db)).rows).toEqual(
    rows,
  )
})

test('bad lines are refused with number, code and reason; the rest lands', async () => {
  const call = { type: 'conversation', id: 'C9', start_time: '2026-03-02T11:00:00Z', channel_type: 'Voice' }
  const row = {
    type: 'engagement',
    id: 'E9',
    conversation_id: 'C9',
    engagement_type: 'Agent',
    start_time: '2026-03-02T11:00:00Z',
  }
  const { taken, lines } = await take([
    call,
    '{"type":"conversation","id":"secret-value"',
    '',
    { type: 'voicemail', id: 'V' },
    { ...row, engagement_type: 'Secretary' },
    { ...row, card_number: 'secret-value' },
    { ...row, id: 'E8', conversation_id: 'never' },
    { ...row, id: 'E7', engagement_type: 'Invitation' },
    { ...row, id: 'E6', end_time: '2026-03-02T10:59:00Z' },
    { type: 'activity', agent_id: 'A', status_id: 'none', interval_time: '2026-03-02T11:00:00Z', activity_time_ms: 1 },
    { type: 'activity', agent_id: 'A', status_id: 'none', interval_time: '2026-03-02T11:01:00Z', activity_time_ms: 1 },
    { ...call, start_time: '1026-03-02T11:00:00Z' },
    row,
  ])
  expect(lines.map(({ lineNo, code, reason }) => [lineNo, code, reason.split(':')[0]])).toEqual([
    [2, 'not_json', 'is not JSON'],
    [4, 'wrong_shape', 'type'],
    [5, 'wrong_shape', 'engagement_type'],
    [6, 'wrong_shape', 'the line'],
    [7, 'unknown_conversation', 'its conversation comes later in the file, or never'],
    [8, 'wrong_shape', 'invitation_result'],
    [9, 'wrong_shape', 'end_time'],
    [10, 'unknown_status', 'status_id'],
    [11, 'wrong_shape', 'interval_time'],
    [12, 'wrong_shape', 'start_time'],
  ])
  expect(JSON.stringify(lines)).not.toContain('secret-value')
  expect(taken).toBe(2)
  expect((await take([{ ...call, start_time: '2026-03-03T11:00:00Z' }])).lines).toMatchObject([
    { code: 'conversation_moved' },
  ])
})

test('what Postgres refuses is found among its neighbours, and stands alone', async () => {
  await sql`alter table journey.engagement add constraint of_this_test check (engagement_subtype <> 'forbidden')`.execute(
    db,
  )
  const lines = (await example()).map((line) =>
    line.includes('"C1-queue"') ? { ...(JSON.parse(line) as object), engagement_subtype: 'forbidden' } : line,
  )
  const { taken, lines: refused } = await take(lines)
  await sql`alter table journey.engagement drop constraint of_this_test`.execute(db)
  expect(refused).toEqual([{ lineNo: 9, code: 'refused', reason: 'Postgres does not take its values (23514)' }])
  expect(taken).toBe(13)
})

test('rows are taken back, and come back', async () => {
  const live = async (table: string) =>
    (
      await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}
        where data_source_id = ${source.dataSourceId} and not is_deleted`.execute(db)
    ).rows[0]!.n
  await take(await example())
  const ready = {
    type: 'activity',
    agent_id: 'A7',
    status_id: 'ready',
    interval_time: '2026-03-02T10:00:00Z',
    activity_time_ms: 600_000,
  }
  await take([
    { type: 'engagement', id: 'C1-missed', is_deleted: true },
    { ...ready, is_deleted: true },
    { type: 'agent', id: 'A7', is_deleted: true },
  ])
  expect([await live('journey.engagement'), await live('journey.activity')]).toEqual([3, 1])
  const agent = () =>
    sql`select status, deleted_at is null as listed from journey.agent
    where source_agent_id = 'A7' and data_source_id = ${source.dataSourceId}`.execute(db)
  expect((await agent()).rows).toEqual([{ status: 'Inactive', listed: false }])
  await take([{ type: 'conversation', id: 'C1', is_deleted: true }])
  expect([await live('journey.conversation'), await live('journey.engagement'), await live('journey.turn')]).toEqual([
    0, 0, 0,
  ])
  await take(await example())
  expect([
    await live('journey.conversation'),
    await live('journey.engagement'),
    await live('journey.activity'),
  ]).toEqual([1, 4, 2])
  expect((await agent()).rows).toEqual([{ status: 'Active', listed: true }])
})

test.each(['in one piece', 'line by line'])('the order of the file is the order of work, %s', async (how) => {
  const call = { type: 'conversation', id: 'C1', start_time: '2026-01-02T10:00:00Z', channel_type: 'Voice' }
  const row = (id: string) => ({
    type: 'engagement',
    id,
    conversation_id: 'C1',
    engagement_type: 'Agent',
    agent_id: 'A',
    start_time: '2026-01-02T10:00:00Z',
  })
  const gone = { ...call, is_deleted: true }
  const lines = [
    call,
    row('E1'),
    gone,
    row('E2'),
    { ...call, contact: { value: '+15550100778' } },
    row('E3'),
    call,
    row('E4'),
  ]
  const refused: string[] = []
  for (const piece of how === 'in one piece' ? [lines] : lines.map((line) => [line])) {
    refused.push(...(await take(piece)).lines.map((line) => line.code))
  }
  expect(refused).toEqual(['unknown_conversation'])
  const { rows } = await sql`
    select e.anchor_record_id as id, e.is_deleted, e.contact_id is null as is_nobodys from journey.engagement e
    where e.data_source_id = ${source.dataSourceId} order by 1`.execute(db)
  expect(rows).toEqual([
    { id: 'E1', is_deleted: true, is_nobodys: true },
    { id: 'E3', is_deleted: false, is_nobodys: true },
    { id: 'E4', is_deleted: false, is_nobodys: true },
  ])
  // No other row of this test is of this month.
  expect((await sql`select 1 from journey.conversation_default`.execute(db)).rows).toEqual([])
})

test('of a line that is refused nothing is kept, least of all the caller', async () => {
  const call = { type: 'conversation', id: 'C1', start_time: '2026-03-02T10:00:00Z', channel_type: 'Voice' }
  await take([call])
  await take([{ ...call, start_time: '2026-03-02T10:00:01Z', contact: { value: '+15550100779' } }])
  const { rows } = await sql`select 1 from pii.contact_identity where normalized_value = '+15550100779'`.execute(db)
  expect(rows).toEqual([])
})

test('a renamed member keeps its history, and what was said is in pii only', async () => {
  await take(await example())
  await take([{ type: 'queue', id: 'Q1', name: 'Orders and returns' }])
  const { rows } =
    await sql`select l.label, q.name from journey.queue q join journey.member_label l on l.member_id = q.queue_id
    where q.data_source_id = ${source.dataSourceId} order by 1`.execute(db)
  expect(rows).toEqual([
    { label: 'Orders', name: 'Orders and returns' },
    { label: 'Orders and returns', name: 'Orders and returns' },
  ])
  const { rows: said } = await sql`select p.body_text from pii.turn_content p join journey.turn t using (turn_id)
    where t.data_source_id = ${source.dataSourceId}`.execute(db)
  expect(said).toEqual([{ body_text: 'Good morning, how can I help?' }])
})

test('the verb writes refused lines beside the file, and exits with 1', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-import-'))
  const file = path.join(folder, 'day.jsonl')
  await writeFile(file, `${(await example()).join('\n')}\nnot json\n`)
  const env = { ...process.env, DATABASE_URL: database.url(), CONTACT_KEY: contactKey.toString('base64') }
  const main = path.join(import.meta.dirname, '../main.ts')
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, 'import', ...args], { env }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  expect(await run('--source', 'by_hand', '--vendor', 'other', '--time-zone', 'Europe/Prague', file)).toMatchObject({
    code: 1,
    stdout: `14 lines taken, 1 refused: see ${path.join(folder, 'day.rejected.jsonl')}\n`,
  })
  expect(await readFile(path.join(folder, 'day.rejected.jsonl'), 'utf8')).toBe(
    '{"line":15,"code":"not_json","reason":"is not JSON"}\n',
  )
  await rm(folder, { recursive: true })
})
