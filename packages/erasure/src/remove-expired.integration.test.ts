import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { addSource } from '@wxcc/db/data-source'
import { addHold, listHolds, releaseHold } from '@wxcc/db/retention'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeExpired } from './remove-expired.ts'

const database = useDatabase()
const NOON = Date.UTC(2026, 2, 10, 12)
let db: Database
let folder = ''

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-removing-test' })
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-removing-'))
})
afterAll(async () => {
  await db?.destroy()
  await rm(folder, { recursive: true, force: true })
})

async function aSource(): Promise<number> {
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
  const { dataSourceId } = await addSource(db, {
    key: 'north',
    displayName: 'North',
    orgId: 'north',
    dataCenter: 'us1',
    apiUrl: 'http://127.0.0.1',
    credentialId,
    loadFromMs: NOON,
  })
  return dataSourceId
}

test('files leave the store and the rows; what is held stays, also when the hold comes late', async () => {
  const dataSourceId = await aSource()
  const objects = openFolderStore(folder)
  const bytes = Buffer.from('audio')
  const about = { contentType: 'audio/wav', sha256: createHash('sha256').update(bytes).digest() }
  for (const taskId of ['gone', 'held', 'late', 'young']) {
    await objects.put(`recording/${taskId}`, bytes, about)
    const state = taskId === 'young' ? 'stored' : 'expired'
    const row = { state, reason: state === 'stored' ? null : 'capture_retention', object_key: `recording/${taskId}` }
    await db
      .insertInto('etl.capture')
      .values({
        ...row,
        data_source_id: dataSourceId,
        task_id: taskId,
        conversation_start_time: new Date(NOON),
        kind: 'recording',
        source_capture_id: taskId,
        created_at: new Date(NOON),
        updated_at: new Date(NOON),
      })
      .execute()
  }
  const hold = { dataSourceId, caseRef: 'case-1', fromMs: null, toMs: null, nowMs: NOON }
  for (const taskId of ['held', 'late']) await addHold(db, { ...hold, taskId })
  const now = () => Promise.resolve(NOON)
  expect(await removeExpired({ db, objects, now })).toBe(1)
  const rows = async () =>
    db.selectFrom('etl.capture').select(['task_id', 'state', 'object_key']).orderBy('task_id').execute()
  expect(await rows()).toEqual([
    { task_id: 'gone', state: 'expired', object_key: null },
    { task_id: 'held', state: 'stored', object_key: 'recording/held' },
    { task_id: 'late', state: 'stored', object_key: 'recording/late' },
    { task_id: 'young', state: 'stored', object_key: 'recording/young' },
  ])
  const keys: string[] = []
  for await (const key of objects.list('recording/')) keys.push(key)
  expect(keys).toEqual(['recording/held', 'recording/late', 'recording/young'])

  // Removed before a crash, forgotten after it.
  const { legalHoldId } = (await listHolds(db))[0]!
  expect(await releaseHold(db, legalHoldId, NOON)).toBe(true)
  expect(await releaseHold(db, legalHoldId, NOON)).toBe(false)
  await db.updateTable('etl.capture').set({ state: 'expired' }).where('task_id', '=', 'held').execute()
  await objects.remove('recording/held')
  expect(await removeExpired({ db, objects, now })).toBe(1)
  expect((await rows())[1]).toEqual({ task_id: 'held', state: 'expired', object_key: null })
})
