import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { freePort } from '@wxcc/sandbox/free-port'
import type { RunningApp } from '@wxcc/sandbox/process'
import { type RunningRedis, startRedis } from '@wxcc/sandbox/redis'
import { producerRedis } from '@wxcc/queue/connection'
import { useDatabase } from '@wxcc/testing/database'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, runAsUser } from '../testing/run-as-user.ts'

const database = useDatabase()
const SECRETS_KEY = randomBytes(32).toString('base64')
const HARBOUR = '11111111-1111-4111-8111-111111111111'
const ALPINE = '22222222-2222-4222-8222-222222222222'
let folder = ''
let simulator: RunningApp
let redis: RunningRedis
let db: Database

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-doctor-'))
  const orgs = path.join(folder, 'orgs.json')
  const people = { id: 'people-only', secret: CANARY, scopes: 'spark:people_read', refreshToken: 'people-refresh' }
  const own = { id: 'loader', secret: CANARY, scopes: 'cjp:config_read', refreshToken: 'loader-refresh' }
  await writeFile(
    orgs,
    JSON.stringify([
      { id: HARBOUR, name: 'Harbour', tasksPerDay: 5, agents: 2, clients: [own, people] },
      { id: ALPINE, name: 'Alpine', region: 'eu1', tasksPerDay: 5, agents: 2 },
    ]),
  )
  ;[simulator, redis] = await Promise.all([startSimulator({ SIM_ORGS: orgs }), startRedis({})])
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 2 })
})
afterAll(async () => {
  await db.destroy()
  await Promise.all([simulator.stop(), redis.stop()])
  await rm(folder, { recursive: true, force: true })
})

async function addOne(
  key: string,
  wrong: {
    clientId?: string
    secret?: string
    refresh?: string
    tokenUrl?: string
    org?: string
    apiUrl?: string
  } = {},
): Promise<void> {
  const url = simulator.url()
  const credentialId = await openCredentials(db, readSealingKey(SECRETS_KEY)).add({
    clientId: wrong.clientId ?? 'loader',
    clientSecret: wrong.secret ?? CANARY,
    refreshToken: wrong.refresh ?? 'loader-refresh',
    tokenUrl: wrong.tokenUrl ?? `${url}/v1/access_token`,
  })
  await addSource(db, {
    key,
    displayName: key,
    orgId: wrong.org ?? HARBOUR,
    dataCenter: 'us1',
    apiUrl: wrong.apiUrl ?? url,
    credentialId,
    loadFromMs: 0,
  })
}

interface Line {
  readonly of: string
  readonly check: string
  readonly verdict: string
  readonly advice?: string
}

async function doctor(
  change: Record<string, string> = {},
): Promise<{ code: number | null; lines: Line[]; bad: string[] }> {
  const { code, stdout, stderr } = await runAsUser('cli', ['doctor', '--json'], {
    DATABASE_URL: database.url(),
    SECRETS_KEY,
    REDIS_URL: redis.url,
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    ...change,
  })
  expect(`${stdout}${stderr}`).not.toContain(CANARY)
  const lines = (JSON.parse(stdout) as { findings: Line[] }).findings
  return {
    code,
    lines,
    bad: lines.filter(({ verdict }) => verdict === 'bad').map(({ of, check }) => `${of}: ${check}`),
  }
}

const adviceOf = (lines: readonly Line[], of: string, check: string) =>
  lines.find((line) => line.of === of && line.check === check)?.advice

describe('wxcc doctor', () => {
  test('all is well', async () => {
    await addOne('well')
    const { code, bad, lines } = await doctor()
    expect(bad).toEqual([])
    expect(code).toBe(0)
    expect(lines.filter(({ verdict }) => verdict !== 'good')).toEqual([])
    await db.deleteFrom('etl.data_source').execute()
  })

  test.each<[what: string, wrong: () => Promise<Parameters<typeof addOne>[1]>, check: string, advice: string]>([
    ['client secret', async () => ({ secret: `${CANARY}x` }), 'Access token', 'wxcc connect'],
    ['refresh token', async () => ({ refresh: CANARY }), 'Access token', 'wxcc connect'],
    [
      'token address',
      async () => ({ tokenUrl: `http://127.0.0.1:${await freePort()}/x` }),
      'Access token',
      '--token-url',
    ],
    ['organisation', async () => ({ org: ALPINE }), 'Organisation', 'sign out of Webex'],
    ['scopes', async () => ({ clientId: 'people-only', refresh: 'people-refresh' }), 'Search', 'cjp:config_read'],
    ['region', async () => ({ apiUrl: `${simulator.url()}/regions/eu1` }), 'Search', '--data-center'],
    ['API address', async () => ({ apiUrl: `http://127.0.0.1:${await freePort()}` }), 'Search', '--data-center'],
  ])('a wrong %s of a source', async (_what, wrong, check, advice) => {
    await addOne('ill', await wrong())
    const { code, bad, lines } = await doctor()
    expect(code).toBe(1)
    expect(bad).toContain(`ill: ${check}`)
    expect(bad.filter((line) => !line.startsWith('ill: '))).toEqual([])
    expect(adviceOf(lines, 'ill', check)).toContain(advice)
    await db.deleteFrom('etl.data_source').execute()
  })

  test('a Redis that evicts, a store that cannot be written, another key, a schema that is behind', async () => {
    await addOne('well')
    const connection = await producerRedis(redis.url, () => {})
    await connection.config('SET', 'maxmemory-policy', 'allkeys-lru')
    connection.disconnect()
    const file = path.join(folder, 'file')
    await writeFile(file, '')
    const first = await doctor({
      STORAGE_URL: pathToFileURL(path.join(file, 'x')).href,
      SECRETS_KEY: randomBytes(32).toString('base64'),
    })
    expect(first.bad).toEqual(['Here: Redis memory', 'Here: Object store', 'well: SECRETS_KEY'])
    expect(adviceOf(first.lines, 'Here', 'Redis memory')).toContain('noeviction')
    const unmigrated = new URL(database.url())
    unmigrated.pathname = '/postgres'
    const second = await doctor({ DATABASE_URL: unmigrated.href })
    expect(second.bad).toContain('Here: Postgres schema')
    expect(adviceOf(second.lines, 'Here', 'Postgres schema')).toBe('run: wxcc migrate')
  })
})
