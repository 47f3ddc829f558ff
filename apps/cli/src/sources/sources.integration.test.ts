import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { listActs } from '@wxcc/db/audit'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { listSources } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { pauseSource, removeSource, resumeSource } from '@wxcc/db/source-state'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CANARY, runAsUser } from '../testing/run-as-user.ts'
import { applySources } from './apply-sources.ts'
import { readSourceFile } from './source-file.ts'

const database = useDatabase()
const SECRETS_KEY = randomBytes(32).toString('base64')
const key = readSealingKey(SECRETS_KEY)
const HARBOUR = '11111111-1111-4111-8111-111111111111'
const ALPINE = '22222222-2222-4222-8222-222222222222'
const env = { CLIENT_SECRET: CANARY, HARBOUR_REFRESH: 'harbour-refresh', ALPINE_REFRESH: 'alpine-refresh' }
let folder = ''
let file = ''
let simulator: RunningApp
let db: Database

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-sources-'))
  file = path.join(folder, 'sources.yaml')
  const orgs = path.join(folder, 'orgs.json')
  const client = (refreshToken: string) => ({ id: 'loader', secret: CANARY, scopes: 'cjp:config_read', refreshToken })
  await writeFile(
    orgs,
    JSON.stringify([
      { id: HARBOUR, name: 'Harbour', tasksPerDay: 5, agents: 2, clients: [client('harbour-refresh')] },
      { id: ALPINE, name: 'Alpine', region: 'eu1', tasksPerDay: 5, agents: 2, clients: [client('alpine-refresh')] },
    ]),
  )
  simulator = await startSimulator({ SIM_ORGS: orgs })
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 2 })
})
afterAll(async () => {
  await db.destroy()
  await simulator.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The file with both organisations; what `change` says comes first, and YAML takes no member twice. */
async function write(change: { harbour?: string; alpine?: string } = {}): Promise<void> {
  const url = simulator.url()
  const entry = (name: string, org: string, apiUrl: string, more = '') => `
  - key: ${name}
    organization: ${org}
    clientId: loader
    clientSecret: {env: CLIENT_SECRET}
    refreshToken: {env: ${name.toUpperCase()}_REFRESH}
    apiUrl: ${apiUrl}
    tokenUrl: ${url}/v1/access_token
    loadFrom: 2026-01-01T00:00:00Z
    ${more}`
  const harbour = entry('harbour', HARBOUR, url, change.harbour)
  await writeFile(file, `sources:${harbour}${entry('alpine', ALPINE, `${url}/regions/eu1`, change.alpine)}`)
}

async function apply(isDry = false, given: Record<string, string> = env) {
  return applySources({ db, key, entries: await readSourceFile(file), env: given, isDry })
}

test('a dry run says what it would do, and does nothing', async () => {
  await write()
  expect(await apply(true)).toEqual([
    { key: 'harbour', did: 'added' },
    { key: 'alpine', did: 'added' },
  ])
  expect(await listSources(db)).toEqual([])
})

test('one that fails holds up no other; a second run adds it, a third finds nothing to do', async () => {
  const first = await apply(false, { ...env, HARBOUR_REFRESH: 'wrong' })
  expect(first).toMatchObject([
    { key: 'harbour', did: 'failed', problem: expect.stringContaining('the vendor refused them') },
    { key: 'alpine', did: 'added' },
  ])
  expect(await apply()).toMatchObject([{ did: 'added' }, { did: 'left' }])
  expect(await apply()).toMatchObject([{ did: 'left' }, { did: 'left' }])
  expect(await listSources(db)).toMatchObject([
    { key: 'alpine', state: 'active', loadFromMs: Date.UTC(2026, 0, 1) },
    { key: 'harbour', orgId: HARBOUR },
  ])
})

test('what the file changes is changed, and named', async () => {
  await write({ harbour: 'name: Harbour Mutual', alpine: 'state: paused' })
  expect(await apply()).toEqual([
    { key: 'harbour', did: 'changed', members: ['name'] },
    { key: 'alpine', did: 'changed', members: ['state'] },
  ])
  expect(await apply()).toMatchObject([{ did: 'left' }, { did: 'left' }])
  await write({ harbour: 'name: Harbour Mutual\n    budgetShare: 0.5', alpine: 'budgetShare: 0.5' })
  expect(await apply()).toEqual([
    { key: 'harbour', did: 'changed', members: ['budgetShare'] },
    { key: 'alpine', did: 'changed', members: ['state'] },
  ])
})

test('a lost consent is tried with the file’s refresh token; an organisation of another key is refused', async () => {
  await db.updateTable('etl.credential').set({ state: 'needs_consent', consent_code: 'refresh_lost' }).execute()
  expect(await apply()).toMatchObject([
    { did: 'changed', members: ['refreshToken'] },
    { did: 'changed', members: ['refreshToken'] },
  ])
  expect(await db.selectFrom('etl.credential').select('state').distinct().execute()).toEqual([{ state: 'active' }])
  const other = (await readSourceFile(file)).map((entry) => ({ ...entry, key: `${entry.key}2` }))
  expect(await applySources({ db, key, entries: other, env, isDry: false })).toMatchObject([
    { did: 'failed', problem: expect.stringContaining('belong to harbour') },
    { did: 'failed' },
  ])
})

test('paused, resumed, removed with its secrets, revived', async () => {
  const source = (await listSources(db)).find((one) => one.key === 'harbour')!
  const state = async () => (await listSources(db, { withRemoved: true })).find((one) => one.key === 'harbour')?.state
  await pauseSource(db, source.dataSourceId)
  expect(await state()).toBe('paused')
  await resumeSource(db, source.dataSourceId)
  expect(await state()).toBe('active')
  await removeSource(db, source.dataSourceId)
  expect(await state()).toBe('removed')
  expect((await listSources(db)).map((one) => one.key)).toEqual(['alpine'])
  await expect(openCredentials(db, key).read(source.credentialId)).rejects.toThrow()
  await resumeSource(db, source.dataSourceId)
  expect(await state()).toBe('removed')
  expect(await apply()).toMatchObject([{ did: 'changed' }, { did: 'left' }])
  expect(await state()).toBe('active')
})

test('as an operator: apply, list', async () => {
  await write({ harbour: 'name: Harbour Bank\n    budgetShare: 0.5', alpine: 'budgetShare: 0.5' })
  const settings = { DATABASE_URL: database.url(), SECRETS_KEY, ...env }
  const applied = await runAsUser('cli', ['sources', 'apply', '--file', file], settings)
  expect(applied).toMatchObject({ code: 0, stderr: '', stdout: 'harbour: changed name\nalpine: as the file says\n' })
  expect(await listActs(db, 1)).toMatchObject([{ action: 'apply sources', subject: 'harbour alpine', via: 'cli' }])
  const listed = await runAsUser('cli', ['sources', 'list'], settings)
  expect(listed.stdout).toMatch(/^harbour +Harbour Bank .* active +2026-01-01T00:00:00.000Z +20\d\d-\d\d-\d\d$/m)
})
