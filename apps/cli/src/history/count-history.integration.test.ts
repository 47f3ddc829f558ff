import { DAY_MS } from '@wxcc/contracts/window'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { type Source, addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countHistory } from './count-history.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const KEY = readSealingKey(Buffer.alloc(32, 7).toString('base64'))

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let simulator: RunningApp
let db: Database
let source: Source

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-test' })
  simulator = await startSimulator({
    SIM_CLOCK_START: new Date(NOON).toISOString(),
    SIM_CLOCK_SPEED: '0',
    SIM_TASKS_PER_DAY: '40',
    SIM_DAYS: '3',
  })
  const { orgId } = (await askSimulator('info')) as { orgId: string }
  const credentialId = await openCredentials(db, KEY).add({
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    refreshToken: 'simulated-refresh-token',
    tokenUrl: `${simulator.url()}/v1/access_token`,
  })
  const loaded = { credentialId, orgId, apiUrl: simulator.url(), dataCenter: 'us1', loadFromMs: NOON }
  source = await addSource(db, { key: 'acme', displayName: 'Acme', ...loaded })
})
afterAll(async () => {
  await db?.destroy()
  await simulator?.stop()
})

/** It goes on: a budget nobody used lately begins empty. */
const clock = async () => NOON + performance.now()

async function askSimulator(what: string): Promise<unknown> {
  return (await fetch(`${simulator.url()}/_sim/${what}`)).json()
}

test('thirteen months are counted in two requests a stream, each with a token of the budget', async () => {
  const range = { fromMs: NOON - 395 * DAY_MS, toMs: NOON }
  const at = { db, now: clock, key: KEY, redisUrl, prefix }
  const counts = await countHistory(at, source, { range, streams: ['task', 'agent_session'], say: () => {} })

  const tasks = (await askSimulator(`truth/tasks?from=${range.fromMs}&to=${range.toMs}`)) as unknown[]
  expect(tasks.length).toBeGreaterThan(50)
  expect(counts.get('task')!.reduce((sum, day) => sum + day.count, 0)).toBe(tasks.length)
  expect(counts.get('agent_session')!.length).toBeGreaterThan(1)

  const spent = await db.selectFrom('etl.api_call').select(['lane', 'requests', 'throttled']).execute()
  expect(spent).toEqual([{ lane: 'repair', requests: 4, throttled: 0 }])
  const redis = new Redis(redisUrl)
  expect(await redis.exists(`${prefix}:budget:simulated-client`)).toBe(1)
  await redis.quit()
})

test('without Redis there is no budget, and nothing is asked', async () => {
  const at = { db, now: clock, key: KEY, redisUrl: 'redis://127.0.0.1:1', prefix }
  const range = { fromMs: NOON - DAY_MS, toMs: NOON }
  const before = (await askSimulator('requests')) as { total?: number }
  await expect(countHistory(at, source, { range, streams: ['task'], say: () => {} })).rejects.toThrow('REDIS_URL')
  expect(await askSimulator('requests')).toEqual(before)
})
