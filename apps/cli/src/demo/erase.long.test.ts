import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { addHold, listHolds, releaseHold } from '@wxcc/db/retention'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import type { Receipt } from '@wxcc/erasure/erase-contact'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Canary, findCanaries, type Place } from '../canaries/find.ts'
import { placesOf, readLogs } from '../canaries/places.ts'
import { runAsUser } from '../testing/run-as-user.ts'
import { DEMO_DEFAULTS } from './demo-options.ts'
import { isComplete } from './progress.ts'
import { watchDay } from './run-demo.ts'
import { type Demo, startDemo } from './start-demo.ts'

/** A small day with mails, chats and calls; then one of its customers asks to be forgotten. */
let demo: Demo
let person: Person
let folder: string

interface Person {
  readonly contactId: string
  readonly address: string
  readonly conversations: number
  readonly taskIds: readonly string[]
  /** What was theirs alone: address, name, what they wrote or said, the balance among their variables. Short words are nobody's. */
  readonly texts: readonly Canary[]
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-erase-'))
  const atMs = Date.parse('2026-11-20T10:07:00Z')
  demo = await startDemo({ ...DEMO_DEFAULTS, once: true, seed: 17, tasksPerDay: 80, agents: 8, atMs }, () => {})
  if (!isComplete((await watch()).progress)) throw new Error('the day is not complete')
  person = await choosePerson()
}, 600_000)
afterAll(async () => {
  await demo?.stop()
  await rm(folder, { recursive: true, force: true })
})

const watch = () => watchDay(demo, { startedMs: performance.now(), say: () => {} })

const wxcc = (args: readonly string[], input?: string) =>
  runAsUser(
    'cli',
    args,
    {
      DATABASE_URL: demo.databaseUrl,
      STORAGE_URL: pathToFileURL(objectsFolder()).href,
      CONTACT_KEY: demo.contactKey,
      CLOCK_URL: `${demo.simulatorUrl}/_sim/clock`,
    },
    input,
  )

const objectsFolder = () => path.join(demo.logFolder, '../objects')
const receiptFile = () => path.join(folder, 'receipt.json')

describe('a customer who asks to be forgotten', () => {
  test('is in the stores before', async () => {
    const found = new Set((await residue()).map((line) => line.replace(/.* in /, '')))
    const places = [...found].join(' ')
    for (const kind of ['pii.contact_identity', 'pii.turn_content', 'pii.conversation_detail', 'raw/', 'transcript/']) {
      expect(places).toContain(kind)
    }
  })

  test('stays while a legal hold covers one of their contacts', async () => {
    const { data_source_id } = await demo.db
      .selectFrom('etl.data_source')
      .select('data_source_id')
      .executeTakeFirstOrThrow()
    const hold = { dataSourceId: data_source_id, taskId: person.taskIds[0]!, fromMs: null, toMs: null }
    await addHold(demo.db, { ...hold, caseRef: 'CASE-1', nowMs: Date.now() })
    const ended = await wxcc(['erase', '--contact', '--receipt', receiptFile()], person.address)
    expect(ended.stderr).toContain('a legal hold keeps contacts of theirs')
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: '' })
    expect(await countContact()).toBe(person.conversations)
    for (const { legalHoldId } of await listHolds(demo.db)) await releaseHold(demo.db, legalHoldId, Date.now())
  })

  test('is nobody afterwards: nothing of them is in any store, and the counts are what they were', async () => {
    const before = await counts()
    const ended = await wxcc(['erase', '--contact', '--receipt', receiptFile()], `${person.address}\n`)
    expect(ended.stderr).toBe('')
    expect(ended.stdout).not.toContain(person.address)
    const receipt = JSON.parse(await readFile(receiptFile(), 'utf8')) as Receipt
    expect(receipt.figures).toMatchObject({ tasks: person.conversations, conversations: person.conversations })
    expect(receipt.figures.files).toBeGreaterThan(0)
    expect(receipt.figures.pages).toBeGreaterThan(0)
    expect(await residue()).toEqual([])
    expect(await counts()).toEqual(before)
    expect(await countContact()).toBe(0)
  }, 300_000)

  test('has a receipt that verifies, also by the address', async () => {
    expect(await wxcc(['erase', '--verify', receiptFile()])).toMatchObject({ code: 0, stderr: '' })
    const byAddress = await wxcc(['erase', '--verify', receiptFile(), '--contact', '--all-pages'], person.address)
    expect(byAddress).toMatchObject({ code: 0, stdout: 'Nothing is left of the contact.\n' })
  })

  test('stays gone when the vendor delivers them again, and the same facts are derived', async () => {
    const before = await hashJourney(demo.db)
    await readAllAgain()
    expect((await hashJourney(demo.db)).tables).toEqual(before.tables)
    expect(await residue()).toEqual([])
    expect(await wxcc(['erase', '--verify', receiptFile(), '--contact'], person.address)).toMatchObject({ code: 0 })
    const asked = await sql<{ states: string[] }>`
      select array_agg(distinct state || '/' || reason) as states from etl.capture where task_id = any(${[...person.taskIds]}::text[])`.execute(
      demo.db,
    )
    expect(asked.rows[0]!.states).toEqual(['expired/capture_erased'])
  }, 300_000)

  test('what is left of them, or a receipt that was changed, makes the proof fail', async () => {
    await sql`
      insert into pii.conversation_detail (conversation_id, conversation_start_time, customer_name)
      select conversation_id, conversation_start_time, 'Left Over' from journey.conversation where source_task_id = ${person.taskIds[0]!}`.execute(
      demo.db,
    )
    const ended = await wxcc(['erase', '--verify', receiptFile()])
    expect(ended.stdout).toMatch(/pii\.conversation_detail +1/)
    expect(ended.code).toBe(1)
    // Erased once more, it is gone: the command ends what another one began.
    expect(await wxcc(['erase', '--contact-id', person.contactId, '--receipt', receiptFile()])).toMatchObject({
      code: 0,
    })
    expect(await wxcc(['erase', '--verify', receiptFile()])).toMatchObject({ code: 0 })
  })
})

async function choosePerson(): Promise<Person> {
  const { rows } = await sql<{ contact_id: string; raw_value: string; tasks: string[] }>`
    select k.contact_id, p.raw_value, array_agg(distinct c.source_task_id order by c.source_task_id) as tasks
    from journey.contact k join pii.contact_identity p using (contact_id) join journey.customer u using (customer_id)
    join journey.conversation c on c.contact_id = k.contact_id
    join journey.turn t on t.conversation_id = c.conversation_id join pii.turn_content b using (turn_id)
    where u.customer_type = 'Person' and k.contact_kind <> 'anonymous' and b.body_text like '%My reference is%'
      and exists (select from etl.capture f where f.task_id = c.source_task_id and f.state = 'stored')
      and exists (select from journey.conversation o join pii.conversation_detail d using (conversation_id), jsonb_each_text(d.variables) v
                  where o.contact_id = k.contact_id and v.value ~ '^[0-9]{4}[.][0-9]{2}$')
    group by 1, 2 order by count(distinct c.conversation_id) desc, 1 limit 1`.execute(demo.db)
  const { contact_id: contactId, raw_value: address } = rows[0]!
  const { rows: conversations } = await sql<{ task: string }>`
    select source_task_id as task from journey.conversation where contact_id = ${contactId} order by 1`.execute(demo.db)
  const { rows: texts } = await sql<Canary>`
    with theirs as (select conversation_id from journey.conversation where contact_id = ${contactId}),
    texts as (
      select contact_id = ${contactId} as mine, unnest(array[raw_value, normalized_value, display_name]) as text from pii.contact_identity
      union all
      select conversation_id in (select * from theirs), unnest(array[customer_name, survey_comment] || array(select v.value from jsonb_each_text(coalesce(variables, '{}')) v where v.value ~ '^[0-9]{4}[.][0-9]{2}$'))
      from pii.conversation_detail
      union all
      select t.conversation_id in (select * from theirs), text from pii.turn_content b join journey.turn t using (turn_id),
        unnest(array[b.body_text, b.subject]) as text where length(text) > 20)
    select 'text ' || row_number() over () as name, text from texts where length(text) >= 7 group by text having bool_and(mine)`.execute(
    demo.db,
  )
  return {
    contactId,
    address,
    conversations: conversations.length,
    taskIds: conversations.map(({ task }) => task),
    texts,
  }
}

/** Where any text of theirs is found: tables, raw pages, files, Redis, logs, the board. */
async function residue(): Promise<string[]> {
  return findCanaries(person.texts, [
    ...(await placesOf(demo)),
    ...(await readLogs(demo.logFolder)),
    ...(await readPersonalTables()),
    ...(await readObjects()),
  ])
}

async function readPersonalTables(): Promise<Place[]> {
  const names = ['pii.contact_identity', 'pii.turn_content', 'pii.conversation_detail']
  return Promise.all(
    names.map(async (name) => {
      const { rows } = await sql<{ text: string | null }>`
        select string_agg(t::text, chr(10)) as text from ${sql.raw(name)} t`.execute(demo.db)
      return { name, text: rows[0]!.text ?? '' }
    }),
  )
}

async function readObjects(): Promise<Place[]> {
  const files = await readdir(objectsFolder(), { recursive: true, withFileTypes: true })
  return Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => {
        const name = path.join(file.parentPath, file.name)
        const bytes = await readFile(name)
        const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
        return {
          name: path.relative(objectsFolder(), name),
          text: (isPacked ? gunzipSync(bytes) : bytes).toString('utf8'),
        }
      }),
  )
}

async function countContact(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from journey.conversation where contact_id = ${person.contactId}`.execute(demo.db)
  return rows[0]!.count
}

async function counts(): Promise<unknown> {
  const { rows } = await sql`
    select (select count(*) from journey.conversation where not is_deleted) as conversations,
      (select count(*) from journey.engagement where not is_deleted) as engagements,
      (select count(*) from journey.turn where not is_deleted) as turns,
      (select jsonb_object_agg(state, windows) from (select state, count(*) as windows from etl.load_window group by 1) w) as windows`.execute(
    demo.db,
  )
  return rows
}

/** Every window is planned again, as a repair would. */
async function readAllAgain(): Promise<void> {
  await demo.db
    .updateTable('etl.load_window')
    .set({ state: 'planned', fetch_id: null, next_check_at: null, attempts: 0 })
    .where('expected', '>', 0)
    .execute()
  expect(isComplete((await watch()).progress)).toBe(true)
}
