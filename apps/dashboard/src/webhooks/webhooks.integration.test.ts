import { createHmac, randomBytes } from 'node:crypto'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { addSource } from '@wxcc/db/data-source'
import { createLogger } from '@wxcc/telemetry/log'
import { useDatabase } from '@wxcc/testing/database'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWebhookServer } from './serve-webhooks.ts'
import { secretOf } from './signature.ts'

const NOW = Date.UTC(2026, 2, 10, 12)
const database = useDatabase()
const master = randomBytes(32)
let db: Database
let server: FastifyInstance
let url = ''

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 2 })
  const sealed = Buffer.from('sealed')
  const { credential_id: credentialId } = await db
    .insertInto('etl.credential')
    .values({
      client_id: 'client',
      token_url: 'http://127.0.0.1/token',
      key_id: 'k1',
      client_secret_sealed: sealed,
      refresh_token_sealed: sealed,
    })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  for (const key of ['north', 'south'])
    await addSource(db, {
      key,
      displayName: key,
      orgId: key,
      dataCenter: 'us1',
      apiUrl: 'http://127.0.0.1',
      credentialId,
      loadFromMs: 0,
    })
  server = createWebhookServer({ db, clock: async () => NOW, log: createLogger('test', { level: 'silent' }), master })
  url = await server.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server.close()
  await db.destroy()
})
beforeEach(() => db.deleteFrom('etl.hint').execute())

const bodyOf = (type: string, taskId: string) =>
  JSON.stringify({
    id: 'e1',
    specversion: '1.0',
    type,
    source: '/com/cisco/wxcc/s1',
    data: { taskId, origin: '+12025550143' },
  })

async function deliver(source: string, body: string, signedFor = source): Promise<number> {
  const signature = createHmac('sha256', secretOf(master, signedFor)).update(body).digest('hex')
  const answer = await fetch(`${url}/webhooks/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-WebexCC-Signature': signature },
    body,
  })
  return answer.status
}

const hints = () => db.selectFrom('etl.hint').select(['kind', 'task_id']).orderBy('kind').orderBy('task_id').execute()

test('a signed delivery is a hint, the same twice is one, and nothing but the task is kept', async () => {
  expect(await deliver('north', bodyOf('task:ended', 't1'))).toBe(204)
  expect(await deliver('north', bodyOf('task:ended', 't1'))).toBe(204)
  expect(await deliver('north', bodyOf('capture:available', 't1'))).toBe(204)
  expect(await hints()).toEqual([
    { kind: 'capture', task_id: 't1' },
    { kind: 'task', task_id: 't1' },
  ])
  expect(JSON.stringify(await db.selectFrom('etl.hint').selectAll().execute())).not.toContain('2025550143')
})

test.each<[what: string, deliver: () => Promise<number>]>([
  ['signed with another source’s secret', () => deliver('south', bodyOf('task:ended', 't1'), 'north')],
  ['of a source that is not known', () => deliver('nobody', bodyOf('task:ended', 't1'))],
  ['of an event that wakes nothing', () => deliver('north', bodyOf('agent:login', 't1'))],
  ['that is no JSON', () => deliver('north', '{')],
  ['without a task', () => deliver('north', JSON.stringify({ type: 'task:ended', data: {} }))],
  ['of a task whose id is no id', () => deliver('north', bodyOf('task:ended', 'x'.repeat(101)))],
  [
    'without a signature',
    async () => (await fetch(`${url}/webhooks/north`, { method: 'POST', body: bodyOf('task:ended', 't1') })).status,
  ],
])('a delivery %s is answered alike, and changes nothing', async (_what, send) => {
  expect(await send()).toBe(204)
  expect(await hints()).toEqual([])
})

test('there is nothing else on this port, and no body is endless', async () => {
  for (const path of ['/', '/healthz', '/webhooks', '/webhooks/north/x'])
    expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404])
  expect((await fetch(`${url}/webhooks/north`)).status).toBe(404)
  expect(await deliver('north', JSON.stringify({ type: 'x'.repeat(70_000) }))).toBe(413)
})
