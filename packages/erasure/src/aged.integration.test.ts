import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { addSource } from '@wxcc/db/data-source'
import { addHold, changeCustody, forgetPersonal, releaseHold } from '@wxcc/db/retention'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removePages } from './remove-pages.ts'

const database = useDatabase()
const NOON = Date.UTC(2026, 5, 10, 12)
const DAY = 86_400_000
const QUARTER = 900_000
/** The quarter hour whose pages are to leave. */
const OLD = NOON - 60 * DAY
let db: Database
let folder = ''
let dataSourceId: number

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-aged-test' })
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-aged-'))
  const sealed = Buffer.from('sealed')
  const { credential_id: credentialId } = await db
    .insertInto('etl.credential')
    .values({
      client_id: 'c',
      token_url: 'http://127.0.0.1',
      key_id: 'k',
      client_secret_sealed: sealed,
      refresh_token_sealed: sealed,
    })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  const source = await addSource(db, {
    key: 'north',
    displayName: 'North',
    orgId: 'north',
    dataCenter: 'us1',
    apiUrl: 'http://127.0.0.1',
    credentialId,
    loadFromMs: OLD,
  })
  dataSourceId = source.dataSourceId
})
afterAll(async () => {
  await db?.destroy()
  await rm(folder, { recursive: true, force: true })
})

const at = (ms: number) => new Date(ms)
const hold = { caseRef: 'case-1', taskId: null, fromMs: null, toMs: null, nowMs: NOON }

async function aWindow(startMs: number, state: string): Promise<void> {
  await db
    .insertInto('etl.load_window')
    .values({
      data_source_id: dataSourceId,
      stream: 'task',
      window_start: at(startMs),
      state,
      created_at: at(NOON),
      updated_at: at(NOON),
    })
    .execute()
}

/** A span with one page in the store. */
async function aPage(name: string, fromMs: number, toMs: number): Promise<number> {
  const { fetch_id: fetchId } = await db
    .insertInto('etl.fetch')
    .values({
      data_source_id: dataSourceId,
      kind: 'span',
      stream: 'task',
      range_start: at(fromMs),
      range_end: at(toMs),
      reason: 'live',
      lane: 'live',
      state: 'done',
      created_at: at(NOON),
    })
    .returning('fetch_id')
    .executeTakeFirstOrThrow()
  const bytes = Buffer.from(name)
  const sha256 = createHash('sha256').update(bytes).digest()
  await openFolderStore(folder).put(`raw/${name}`, bytes, { contentType: 'application/gzip', sha256 })
  const { raw_page_id: rawPageId } = await db
    .insertInto('etl.raw_page')
    .values({
      data_source_id: dataSourceId,
      fetch_id: fetchId,
      generation: 1,
      record_kind: 'csr',
      page_no: 1,
      object_key: `raw/${name}`,
      byte_size: bytes.length,
      sha256,
      record_count: 1,
      fetched_at: at(NOON),
    })
    .returning('raw_page_id')
    .executeTakeFirstOrThrow()
  return rawPageId
}

async function aTask(taskId: string, createdMs: number, lastActivityMs: number, pageId: number): Promise<void> {
  await db
    .insertInto('etl.task_source')
    .values({
      data_source_id: dataSourceId,
      task_id: taskId,
      created_time: at(createdMs),
      last_activity_time: at(lastActivityMs),
      held_count: 1,
      csr_page_id: pageId,
      car_page_ids: [],
      fetch_id: 1,
      mapping_version: 1,
    })
    .execute()
}

async function keys(): Promise<string[]> {
  const found: string[] = []
  for await (const key of openFolderStore(folder).list('raw/')) found.push(key)
  return found
}

const remove = () => removePages({ db, objects: openFolderStore(folder), now: () => Promise.resolve(NOON) })

test('pages leave when all their quarter hours have expired; what lives or is held stays', async () => {
  await aWindow(OLD, 'expired')
  await aWindow(OLD + QUARTER, 'sealed')
  await aWindow(OLD + 2 * QUARTER, 'expired')
  await aWindow(OLD + 3 * QUARTER, 'expired')
  await aWindow(OLD + 4 * QUARTER, 'expired')
  await aPage('gone', OLD, OLD + QUARTER)
  await aPage('half', OLD, OLD + 2 * QUARTER)
  const held = await aPage('held', OLD + 2 * QUARTER, OLD + 3 * QUARTER)
  await aTask('held', OLD + 2 * QUARTER, OLD + 2 * QUARTER + 1, held)
  const living = await aPage('living', OLD + 4 * QUARTER, OLD + 5 * QUARTER)
  await aTask('living', OLD + 4 * QUARTER, NOON - DAY, living)
  await aPage('young', NOON - 2 * DAY, NOON - DAY)
  const legalHoldId = await addHold(db, { ...hold, dataSourceId, taskId: 'held' })

  expect(await remove()).toBe(0)
  await changeCustody(db, dataSourceId, { retention: { pages: 50 } })
  expect(await remove()).toBe(1)
  expect(await keys()).toEqual(['raw/half', 'raw/held', 'raw/living', 'raw/young'])
  const kept = await db.selectFrom('etl.raw_page').select('object_key').where('removed_at', 'is', null).execute()
  expect(kept.map((row) => row.object_key).toSorted()).toEqual(await keys())

  await releaseHold(db, legalHoldId, NOON)
  const range = { ...hold, dataSourceId, fromMs: OLD + 2 * QUARTER, toMs: OLD + 2 * QUARTER + 1 }
  const spanHoldId = await addHold(db, range)
  expect(await remove()).toBe(0)
  await releaseHold(db, spanHoldId, NOON)
  // Removed before a crash, noted after it.
  await openFolderStore(folder).remove('raw/held')
  expect(await remove()).toBe(1)
  expect(await remove()).toBe(0)
  expect(await keys()).toEqual(['raw/half', 'raw/living', 'raw/young'])
})

/** A conversation with all that `pii` can have of one. */
async function aConversation(name: string, startMs: number, contactId: string): Promise<void> {
  const start = at(startMs)
  const conversation = { conversation_id: randomUUID(), conversation_start_time: start }
  await db
    .insertInto('journey.conversation')
    .values({
      ...conversation,
      data_source_id: dataSourceId,
      source_task_id: name,
      contact_id: contactId,
      channel_type: 'Chat',
      direction: 'Inbound',
      status: 'Completed',
    })
    .execute()
  const turn = { turn_id: randomUUID(), conversation_start_time: start }
  await db
    .insertInto('journey.turn')
    .values({
      ...turn,
      conversation_id: conversation.conversation_id,
      data_source_id: dataSourceId,
      source_record_id: name,
      turn_type: 'Message',
      participant: 'Customer',
      turn_time: start,
      sequence_no: 1,
    })
    .execute()
  await db
    .insertInto('pii.turn_content')
    .values({ ...turn, body_text: name })
    .execute()
  await db
    .insertInto('pii.conversation_detail')
    .values({ ...conversation, customer_name: name })
    .execute()
  await db
    .insertInto('journey.contact')
    .values({ contact_id: contactId, customer_id: randomUUID(), contact_kind: 'email', last_seen_at: start })
    .onConflict((oc) => oc.column('contact_id').doUpdateSet({ last_seen_at: start }))
    .execute()
  await db
    .insertInto('pii.contact_identity')
    .values({ contact_id: contactId, normalized_value: `${name}@example.com`, raw_value: `${name}@example.com` })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

test('what is personal leaves with its age, addresses with their last conversation; facts stay', async () => {
  const [gone, again, held, young] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  await aConversation('old', NOON - 100 * DAY, gone)
  await aConversation('once', NOON - 100 * DAY, again)
  await aConversation('again', NOON - DAY, again)
  await aConversation('case', NOON - 100 * DAY, held)
  await aConversation('new', NOON - DAY, young)
  const legalHoldId = await addHold(db, { ...hold, dataSourceId, taskId: 'case' })
  const left = async () => {
    const [texts, details, addresses] = await Promise.all([
      db.selectFrom('pii.turn_content').select('body_text as name').orderBy('name').execute(),
      db.selectFrom('pii.conversation_detail').select('customer_name as name').orderBy('name').execute(),
      db.selectFrom('pii.contact_identity').select('contact_id as name').execute(),
    ])
    const namesOf = (rows: readonly { readonly name: string | null }[]) => rows.map(({ name }) => name)
    return { texts: namesOf(texts), details: namesOf(details), addresses: new Set(namesOf(addresses)) }
  }
  const names = ['again', 'case', 'new', 'old', 'once']
  expect(await forgetPersonal(db, NOON)).toBe(0)
  expect(await left()).toEqual({ texts: names, details: names, addresses: new Set([gone, again, held, young]) })

  await changeCustody(db, dataSourceId, { retention: { personal: 90 } })
  expect(await forgetPersonal(db, NOON)).toBe(5)
  const kept = ['again', 'case', 'new']
  expect(await left()).toEqual({ texts: kept, details: kept, addresses: new Set([again, held, young]) })

  await releaseHold(db, legalHoldId, NOON)
  expect(await forgetPersonal(db, NOON)).toBe(3)
  expect(await left()).toMatchObject({ texts: ['again', 'new'], addresses: new Set([again, young]) })
  const facts = await db.selectFrom('journey.turn').select('turn_id').execute()
  expect(facts).toHaveLength(names.length)
})
