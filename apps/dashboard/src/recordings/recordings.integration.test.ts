import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logIn, startDashboard } from '../bench.testing.ts'
import { SAMPLE_NOW_MS, addRecordings, fillLedger, hashOf } from '../ledger.testing.ts'

const database = useDatabase()
const redis = useRedis()
const BYTES = Buffer.from('RIFF and what follows')
let dashboard: Awaited<ReturnType<typeof startDashboard>>
let session: { readonly cookie: string }
let folder = ''
let stored = 0

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-board-'))
  const objects = openFolderStore(folder)
  await objects.put('recording/a', BYTES, { contentType: 'audio/wav', sha256: hashOf(BYTES) })
  dashboard = await startDashboard({
    databaseUrl: database.url(),
    redisUrl: redis.url,
    prefix: redis.prefix,
    openObjects: async () => objects,
  })
  session = await logIn(dashboard.url)
  await fillLedger(dashboard.db)
  stored = await addRecordings(dashboard.db, { bytes: BYTES, objectKey: 'recording/a' })
})
afterAll(async () => {
  await dashboard?.close()
  await rm(folder, { recursive: true, force: true })
})

const ask = (route: string) => fetch(`${dashboard.url}${route}`, { headers: session, redirect: 'manual' })
const accesses = () => dashboard.db.selectFrom('etl.capture_access').selectAll().execute()

test('nothing is shown or handed out without a log-in', async () => {
  expect((await fetch(`${dashboard.url}/recordings`)).status).toBe(401)
  expect((await fetch(`${dashboard.url}/recordings/${stored}/file`)).status).toBe(401)
  expect(await accesses()).toEqual([])
})

test('a day lists what is stored and why the rest is not, a task only its own', async () => {
  const day = await (await ask(`/recordings?day=${new Date(SAMPLE_NOW_MS).toISOString().slice(0, 10)}`)).text()
  expect(day).toContain('task-a')
  expect(day).toContain('mono')
  expect(day).toContain('The vendor lists no capture yet')
  expect(day).toContain('&lt;b&gt;')
  expect(day).not.toContain('<b>&lt;')
  const one = await (await ask('/recordings?task=task-a')).text()
  expect(one).toContain(`/recordings/${stored}/file`)
  expect(one).not.toContain('&lt;b&gt;')
  expect((await ask('/recordings?day=2026-99-99')).status).toBe(400)
})

test('a file that is handed out is noted, and only as what it is', async () => {
  const answer = await ask(`/recordings/${stored}/file`)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(BYTES)
  expect(answer.headers.get('content-type')).toBe('audio/wav')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await accesses()).toMatchObject([{ capture_id: stored, via: 'board', action: 'play' }])
  await dashboard.db.updateTable('etl.capture').set({ kind: 'attachment' }).where('capture_id', '=', stored).execute()
  const attached = await ask(`/recordings/${stored}/file`)
  expect(attached.headers.get('content-type')).toBe('application/octet-stream')
  expect(attached.headers.get('content-disposition')).toContain('attachment')
  expect((await ask(`/recordings/${stored + 1}/file`)).status).toBe(404)
  expect(await accesses()).toHaveLength(2)
})
