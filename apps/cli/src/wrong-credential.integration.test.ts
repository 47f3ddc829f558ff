import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource, stopSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { freePort } from '@wxcc/sandbox/free-port'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { startSimulator } from '@wxcc/testing/simulator'
import { until } from '@wxcc/testing/until'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, type Ended, complaintOf, runAsUser } from './testing/run-as-user.ts'

const database = useDatabase()
const redis = useRedis()
const ORG = '5f1dbd0c-4c80-4a6e-9a7b-9f4b6f6f2a11'
const SECRETS_KEY = randomBytes(32).toString('base64')
let simulator: RunningApp
let db: Database
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-credential-'))
  simulator = await startSimulator({ SIM_ORG_ID: ORG, SIM_TASKS_PER_DAY: '5', SIM_AGENTS: '2' })
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 2 })
})
afterAll(async () => {
  await db.destroy()
  await simulator.stop()
  await rm(folder, { recursive: true, force: true })
})

const settings = () => ({ DATABASE_URL: database.url(), SECRETS_KEY })

function add(given: {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}): Promise<Ended> {
  const url = simulator.url()
  const flags = ['--key', 'acme', '--org', ORG, '--client-id', 'simulated-client', '--days', '0']
  return runAsUser(
    'cli',
    // Of an option given twice the last one counts.
    ['sources', 'add', ...flags, '--api-url', url, '--token-url', `${url}/v1/access_token`, ...(given.flags ?? [])],
    {
      ...settings(),
      WEBEX_CLIENT_SECRET: 'simulated-secret',
      WEBEX_REFRESH_TOKEN: 'simulated-refresh-token',
      ...given.env,
    },
  )
}

describe('wxcc sources add with something wrong stores nothing and names it', () => {
  const CREDENTIAL = 'WEBEX_CLIENT_SECRET, WEBEX_REFRESH_TOKEN, --client-id: the vendor refused them'

  test.each<[what: string, given: () => Parameters<typeof add>[0] | Promise<Parameters<typeof add>[0]>, says: string]>([
    ['client secret', () => ({ env: { WEBEX_CLIENT_SECRET: CANARY } }), CREDENTIAL],
    ['refresh token', () => ({ env: { WEBEX_REFRESH_TOKEN: CANARY } }), CREDENTIAL],
    ['client id', () => ({ flags: ['--client-id', CANARY] }), CREDENTIAL],
    ['organisation', () => ({ flags: ['--org', CANARY] }), '--org, --data-center: the token works, but not for'],
    [
      'API address',
      async () => ({ flags: ['--api-url', `http://127.0.0.1:${await freePort()}/${CANARY}`] }),
      '--api-url: the vendor cannot be reached there',
    ],
    [
      'token address',
      async () => ({ flags: ['--token-url', `http://127.0.0.1:${await freePort()}/${CANARY}`] }),
      '--token-url: the vendor cannot be reached there',
    ],
    [
      'kind of address',
      () => ({ flags: ['--api-url', CANARY] }),
      '--api-url <url> must be an http:// or https:// address',
    ],
    ['time zone', () => ({ flags: ['--time-zone', CANARY] }), '--time-zone <zone> must be a time zone'],
    ['key', () => ({ flags: ['--key', `${CANARY}!`] }), '--key must be 1 to 40 of a-z'],
    [
      'everything unset',
      () => ({ env: { DATABASE_URL: '', SECRETS_KEY: '', WEBEX_CLIENT_SECRET: '', WEBEX_REFRESH_TOKEN: '' } }),
      'DATABASE_URL is not set; SECRETS_KEY is not set; WEBEX_CLIENT_SECRET is not set; WEBEX_REFRESH_TOKEN is not set',
    ],
    ['sealing key, short', () => ({ env: { SECRETS_KEY: CANARY } }), 'SECRETS_KEY must be 32 random bytes'],
  ])('%s', async (_what, given, says) => {
    expect(complaintOf(await add(await given()))).toContain(says)
    expect(await db.selectFrom('etl.data_source').select('data_source_key').execute()).toEqual([])
  })
})

test('an unknown data center is named, with those there are', async () => {
  const flags = ['--key', 'acme', '--org', ORG, '--client-id', 'x', '--data-center', CANARY]
  const env = { ...settings(), WEBEX_CLIENT_SECRET: 'x', WEBEX_REFRESH_TOKEN: 'x' }
  expect(complaintOf(await runAsUser('cli', ['sources', 'add', ...flags], env))).toContain(
    '--data-center must be one of us1, eu1',
  )
})

/** A source whose credential was sealed with `key`; the simulator's secrets unless told otherwise. */
async function connectSource(key: string, sealedWith: string, clientSecret: string): Promise<number> {
  const credentialId = await openCredentials(db, readSealingKey(sealedWith)).add({
    clientId: 'simulated-client',
    clientSecret,
    refreshToken: 'simulated-refresh-token',
    tokenUrl: `${simulator.url()}/v1/access_token`,
  })
  const { dataSourceId } = await addSource(db, {
    key,
    displayName: key,
    orgId: key,
    dataCenter: 'us1',
    apiUrl: simulator.url(),
    credentialId,
    loadFromMs: Date.now() - 3_600_000,
  })
  return dataSourceId
}

describe('workers with a credential that does not work', () => {
  let workers: RunningApp[] = []
  const output: string[] = []

  beforeAll(async () => {
    const env = {
      ...settings(),
      REDIS_URL: redis.url,
      QUEUE_PREFIX: redis.prefix,
      STORAGE_URL: pathToFileURL(folder).href,
      PLANNER_TICK_MS: '100',
    }
    const entry = (app: string) => path.join(import.meta.dirname, '../..', app, 'src/main.ts')
    workers = await Promise.all(
      ['planner', 'fetcher'].map((name) =>
        startApp({ name, entry: path.resolve(entry(name)), env, onLine: (line) => output.push(line) }),
      ),
    )
  })
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  test('a wrong client secret ends in needs_consent, and wxcc status says which source and what to do', async () => {
    await connectSource('wrong_secret', SECRETS_KEY, CANARY)
    await until(
      'the credential to need consent',
      async () => {
        const found = await db
          .selectFrom('etl.credential')
          .select('state')
          .where('state', '=', 'needs_consent')
          .execute()
        return found.length === 1
      },
      { timeoutMs: 30_000 },
    )
    const { code, stdout, stderr } = await runAsUser('cli', ['status'], settings())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^wrong_secret +active +needs_consent$/m)
    expect(stdout).toContain(
      'wrong_secret needs consent (consent_needed): The vendor refused the client secret or the refresh token',
    )
    const json = JSON.parse((await runAsUser('cli', ['status', '--json'], settings())).stdout) as object
    expect(json).toMatchObject({
      sources: [{ dataSourceKey: 'wrong_secret', state: 'active', stopCode: null, credentialState: 'needs_consent' }],
    })
    expect(stdout + output.join('\n')).not.toContain(CANARY)
  })

  test('a credential sealed with another key is a finding that names SECRETS_KEY, and no worker dies of it', async () => {
    const dataSourceId = await connectSource('other_key', randomBytes(32).toString('base64'), 'simulated-secret')
    await until(
      'a fetch to be given back',
      async () => {
        const found = await db
          .selectFrom('etl.fetch')
          .select('fetch_id')
          .where('data_source_id', '=', dataSourceId)
          .where('last_code', '=', 'credential_sealed')
          .executeTakeFirst()
        return found !== undefined
      },
      { timeoutMs: 30_000 },
    )
    expect(workers.map((worker) => worker.restarts())).toEqual([0, 0])
    const { stdout } = await runAsUser('cli', ['status'], settings())
    expect(stdout).toMatch(/^other_key credential_sealed, \d+ fetches wait: .*SECRETS_KEY/m)
    await stopSource(db, dataSourceId, 'vendor_forbidden')
    const stopped = await runAsUser('cli', ['status'], settings())
    expect(stopped.stdout).toContain('other_key is stopped (vendor_forbidden): The vendor answered 403')
  })

  test('a source is not added with another key than the stored ones', async () => {
    await connectSource('third', SECRETS_KEY, 'simulated-secret')
    const ended = await add({ env: { SECRETS_KEY: randomBytes(32).toString('base64') } })
    expect(complaintOf(ended)).toContain('SECRETS_KEY: stored credentials were sealed with another key')
  })
})
