import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { freePort } from '@wxcc/sandbox/free-port'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, type Ended, complaintOf, runAsUser } from './testing/run-as-user.ts'

const database = useDatabase()
const redis = useRedis()
const SECRETS_KEY = randomBytes(32).toString('base64')
let folder = ''
let file = ''
/** A server that speaks neither Postgres nor Redis nor HTTP: it hangs up. */
let stranger: Server
let takenPort = ''
/** Nobody listens there. (Port 1 would do, but `fetch` refuses to ask it.) */
let closedPort = 0

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-bad-'))
  file = path.join(folder, `${CANARY}.txt`)
  await writeFile(file, '')
  stranger = createServer((socket) => socket.on('error', () => {}).destroy())
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  takenPort = String((stranger.address() as AddressInfo).port)
  closedPort = await freePort()
  const db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 1 })
  const credentialId = await openCredentials(db, readSealingKey(SECRETS_KEY)).add({
    clientId: 'client',
    clientSecret: CANARY,
    refreshToken: CANARY,
    tokenUrl: 'http://127.0.0.1:1/token',
  })
  await addSource(db, {
    key: 'known',
    displayName: 'Known',
    orgId: 'known-org',
    dataCenter: 'us1',
    apiUrl: 'http://127.0.0.1:1',
    credentialId,
    loadFromMs: 0,
    // Nothing to plan: the source is only there to be read.
    loadUntilMs: 0,
  })
  await db.destroy()
})

afterAll(async () => {
  await new Promise((resolve) => stranger.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

const WORKERS = ['planner', 'fetcher', 'mapper', 'recording-downloader', 'dashboard'] as const
type Worker = (typeof WORKERS)[number]
type Settings = Readonly<Record<string, string>>

/** Settings a worker starts with. */
function goodSettings(): Settings {
  return {
    DATABASE_URL: database.url(),
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    SECRETS_KEY,
    CONTACT_KEY: SECRETS_KEY,
    STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
    SPOOL_DIR: path.join(folder, 'spool'),
    DASHBOARD_USER: 'operator',
    DASHBOARD_PASSWORD: 'long enough',
  }
}

const S3 = { STORAGE_URL: '', S3_ENDPOINT: 'http://127.0.0.1:1', S3_ACCESS_KEY: CANARY, S3_SECRET_KEY: CANARY }

function databaseWith(change: (url: URL) => void): string {
  const url = new URL(database.url())
  change(url)
  return url.href
}

/** The sentences are made in one place, so the planner and `migrate` show them all; every other app shows that its main asks there. */
const EVERYWHERE = new Set(['unreachable', 'not migrated'])

const DATABASE_CASES: readonly [what: string, url: () => string, says: string][] = [
  ['not an address', () => CANARY, 'DATABASE_URL must be a postgres:// address'],
  ['of another protocol', () => `mysql://${CANARY}@127.0.0.1/x`, 'DATABASE_URL must be a postgres:// address'],
  ['unreachable', () => `postgres://u:${CANARY}@127.0.0.1:1/x`, 'DATABASE_URL: nothing listens'],
  ['of an unknown host', () => `postgres://u:${CANARY}@${CANARY}.invalid/x`, 'DATABASE_URL: this host'],
  ['of another server', () => `postgres://u:${CANARY}@127.0.0.1:${takenPort}/x`, 'DATABASE_URL: the server broke'],
  ['with a wrong password', () => databaseWith((url) => (url.password = CANARY)), 'DATABASE_URL: the server refused'],
  [
    'of no database',
    () => databaseWith((url) => (url.pathname = `/${CANARY}`)),
    'DATABASE_URL: this database does not exist',
  ],
  ['not migrated', () => databaseWith((url) => (url.pathname = '/postgres')), 'run: wxcc migrate'],
]

interface Case {
  readonly app: Worker
  readonly what: string
  readonly change: () => Settings
  readonly says: string
}

const of = (apps: readonly Worker[], what: string, change: () => Settings, says: string): Case[] =>
  apps.map((app) => ({ app, what, change, says }))

const CASES: readonly Case[] = [
  ...DATABASE_CASES.flatMap(([what, url, says]) =>
    of(EVERYWHERE.has(what) ? WORKERS : ['planner'], `DATABASE_URL ${what}`, () => ({ DATABASE_URL: url() }), says),
  ),
  ...of(
    ['planner'],
    'REDIS_URL of another protocol',
    () => ({ REDIS_URL: `http://${CANARY}` }),
    'REDIS_URL must be a redis://',
  ),
  ...of(
    WORKERS,
    'REDIS_URL unreachable',
    () => ({ REDIS_URL: `redis://:${CANARY}@127.0.0.1:1` }),
    'REDIS_URL: nothing listens',
  ),
  ...of(
    ['planner'],
    'REDIS_URL of an unknown host',
    () => ({ REDIS_URL: `redis://${CANARY}.invalid` }),
    'REDIS_URL: this host',
  ),
  ...of(
    ['planner'],
    'REDIS_URL of another server',
    () => ({ REDIS_URL: `redis://127.0.0.1:${takenPort}` }),
    'REDIS_URL: the server broke',
  ),
  ...of(
    WORKERS,
    'CLOCK_URL unreachable',
    () => ({ CLOCK_URL: `http://127.0.0.1:${closedPort}/${CANARY}` }),
    'CLOCK_URL: nothing listens',
  ),
  ...of(
    ['planner'],
    'CLOCK_URL of another server',
    () => ({ CLOCK_URL: `http://127.0.0.1:${takenPort}` }),
    'CLOCK_URL: the server broke',
  ),
  ...of(WORKERS, 'HTTP_PORT taken', () => ({ HTTP_PORT: takenPort }), 'HTTP_PORT: another program listens'),
  ...of(WORKERS, 'METRICS_PORT taken', () => ({ METRICS_PORT: takenPort }), 'METRICS_PORT: another program listens'),
  ...of(
    ['planner'],
    'HTTP_HOST not of this machine',
    () => ({ HTTP_HOST: '192.0.2.1' }),
    'HTTP_HOST: this machine has no such',
  ),
  ...of(
    ['planner'],
    'numbers that are none',
    () => ({ HTTP_PORT: CANARY, STOP_GRACE_MS: '-1' }),
    'HTTP_PORT must be a number; STOP_GRACE_MS must be at least 0',
  ),
  ...of(['planner'], 'LOG_LEVEL unknown', () => ({ LOG_LEVEL: CANARY }), 'LOG_LEVEL must be one of'),
  ...of(
    ['planner'],
    'PLANNER_TICK_MS not a number',
    () => ({ PLANNER_TICK_MS: CANARY }),
    'PLANNER_TICK_MS must be a number',
  ),
  ...of(
    ['fetcher', 'recording-downloader'],
    'SECRETS_KEY too short',
    () => ({ SECRETS_KEY: CANARY }),
    'SECRETS_KEY must be 32 random bytes',
  ),
  ...of(
    ['fetcher', 'recording-downloader'],
    'SECRETS_KEY not the one that sealed',
    () => ({ SECRETS_KEY: randomBytes(32).toString('base64') }),
    'SECRETS_KEY: stored credentials were sealed with another key',
  ),
  ...of(['mapper'], 'CONTACT_KEY too short', () => ({ CONTACT_KEY: CANARY }), 'CONTACT_KEY must be 32 random bytes'),
  ...of(
    ['fetcher', 'mapper', 'recording-downloader'],
    'STORAGE_URL not a folder’s address',
    () => ({ STORAGE_URL: `http://${CANARY}` }),
    'STORAGE_URL must be a file:// address',
  ),
  ...of(
    ['fetcher', 'mapper', 'recording-downloader'],
    'STORAGE_URL below a file',
    () => ({ STORAGE_URL: pathToFileURL(path.join(file, 'x')).href }),
    'STORAGE_URL: the object store could not be reached',
  ),
  ...of(
    ['fetcher'],
    'STORAGE_URL with a host',
    () => ({ STORAGE_URL: `file://${CANARY}/x` }),
    'STORAGE_URL: must be a file:/// address',
  ),
  ...of(
    ['fetcher', 'mapper', 'recording-downloader'],
    'S3 unreachable',
    () => S3,
    'S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET: the object store',
  ),
  ...of(
    ['fetcher', 'mapper', 'recording-downloader'],
    'S3 half given',
    () => ({ ...S3, S3_SECRET_KEY: ' ' }),
    'S3_SECRET_KEY is not set, but S3_ENDPOINT is',
  ),
  ...of(
    ['dashboard'],
    'DASHBOARD_PASSWORD too short',
    () => ({ DASHBOARD_PASSWORD: '7Q' }),
    'DASHBOARD_PASSWORD must have at least 8 characters',
  ),
  ...of(
    ['dashboard'],
    'OIDC half given, to an address without TLS',
    () => ({ OIDC_ISSUER: 'http://login.example.org' }),
    'OIDC_ISSUER must be an https:// address, or http:// on loopback; OIDC_CLIENT_ID is not set, but OIDC_ISSUER is',
  ),
  ...of(
    ['dashboard'],
    'DASHBOARD_WRITABLE neither yes nor no',
    () => ({ DASHBOARD_WRITABLE: CANARY }),
    'DASHBOARD_WRITABLE must be one of',
  ),
  ...of(['recording-downloader'], 'SPOOL_DIR a file', () => ({ SPOOL_DIR: file }), 'SPOOL_DIR: this is not a folder'),
]

describe.concurrent('a worker with a wrong setting', () => {
  test.each(CASES)('$app: $what', async ({ app, change, says }) => {
    const ended = await runAsUser(app, [], { ...goodSettings(), ...change() })
    expect(complaintOf(ended)).toContain(says)
    expect(ended.stderr.startsWith(`wxcc-${app}: `)).toBe(true)
  })
})

const NEEDED: Readonly<Record<Worker, readonly string[]>> = {
  planner: ['DATABASE_URL', 'REDIS_URL'],
  fetcher: ['DATABASE_URL', 'SECRETS_KEY', 'REDIS_URL', 'STORAGE_URL'],
  mapper: ['DATABASE_URL', 'REDIS_URL', 'CONTACT_KEY', 'STORAGE_URL'],
  'recording-downloader': ['DATABASE_URL', 'SECRETS_KEY', 'REDIS_URL', 'STORAGE_URL'],
  dashboard: ['DATABASE_URL', 'REDIS_URL'],
}

describe.concurrent('a worker without its settings', () => {
  test.each(WORKERS)('%s names all of them at once', async (app) => {
    const ended = await runAsUser(app, [], { HTTP_PORT: CANARY })
    for (const setting of NEEDED[app]) expect(complaintOf(ended)).toContain(`${setting} is not set`)
    expect(complaintOf(ended)).toContain('HTTP_PORT must be a number')
  })

  test.each(NEEDED.fetcher.map((setting) => ({ app: 'fetcher' as const, setting })))(
    '$app names $setting alone',
    async ({ app, setting }) => {
      const ended = await runAsUser(app, [], { ...goodSettings(), [setting]: '' })
      expect(complaintOf(ended)).toContain(`${setting} is not set`)
      expect(ended.stderr.match(/is not set/g)).toHaveLength(1)
    },
  )
})

describe.concurrent('the simulator with a wrong setting', () => {
  test.each<[what: string, env: () => Settings, says: string]>([
    ['a number that is none', () => ({ SIM_SEED: CANARY }), 'SIM_SEED'],
    ['a dataset that is not there', () => ({ SIM_DATASET: `/nowhere/${CANARY}` }), 'SIM_DATASET: no such folder'],
    ['a taken port', () => ({ SIM_PORT: takenPort }), 'SIM_PORT: the port cannot be used'],
    ['a host that is not here', () => ({ SIM_HOST: '192.0.2.1' }), 'SIM_HOST'],
  ])('%s', async (_what, env, says) => {
    expect(complaintOf(await runAsUser('webex-simulator', [], env()))).toContain(says)
  })
})

const wxcc = (args: readonly string[], env: Settings = {}): Promise<Ended> => runAsUser('cli', args, env)

describe.concurrent('a command with a wrong setting', () => {
  const VERBS = [['migrate'], ['status'], ['sources', 'list']]
  test.each(VERBS.map((verb) => ({ verb })))('wxcc $verb without DATABASE_URL', async ({ verb }) => {
    expect(complaintOf(await wxcc(verb))).toContain('wxcc-cli: DATABASE_URL is not set')
  })

  test.each(
    VERBS.flatMap((verb) =>
      DATABASE_CASES.filter(([what]) => (verb[0] === 'migrate' ? what !== 'not migrated' : EVERYWHERE.has(what))).map(
        ([what, url, says]) => ({
          verb,
          what,
          url,
          says,
        }),
      ),
    ),
  )('wxcc $verb: DATABASE_URL $what', async ({ verb, url, says }) => {
    expect(complaintOf(await wxcc(verb, { DATABASE_URL: url() }))).toContain(says)
  })

  test.each<[args: string[], says: string]>([
    [['demo', '--seed', CANARY], '--seed <n> must be a whole number of at least 0'],
    [['demo', '--at', CANARY], '--at <instant> must be a moment'],
    [['demo', '--redis', CANARY], '--redis <kind> Allowed choices are auto, npm'],
    [['demo', '--dataset', `/nowhere/${CANARY}`], '--dataset is not a folder'],
    [
      ['demo', '--json', `/nowhere/${CANARY}/x.json`, '--data', '/dev/null/x'],
      '--data is not a folder that can be written to; --json must be',
    ],
    [['demo', `--client-secret=${CANARY}`], `unknown option '--client-secret'`],
    [['demo', CANARY], `too many arguments for 'demo'`],
    [[CANARY], 'unknown command'],
    [['samples', '--from', `/nowhere/${CANARY}`, '--to', '/dev/null/x'], '--from does not hold'],
    [['samples', '--from', '/nowhere'], `required option '--to <dir>'`],
    [['sources', 'add'], `required option '--key <key>'`],
  ])('wxcc %j', async (args, says) => {
    expect(complaintOf(await wxcc(args))).toContain(says)
  })

  test('wxcc demo --data with the folder of another seed', async () => {
    const data = await mkdtemp(path.join(folder, 'data-'))
    await writeFile(path.join(data, 'demo.json'), JSON.stringify(KEPT))
    expect(complaintOf(await wxcc(['demo', '--data', data]))).toContain(
      '--data holds a run with seed 2, but 1 was asked for',
    )
    await writeFile(path.join(data, 'demo.json'), `{"${CANARY}`)
    expect(complaintOf(await wxcc(['demo', '--data', data]))).toContain(
      '--data holds a demo.json that this version cannot read',
    )
  })

  test('wxcc demo says why a part did not start', async () => {
    // The folder is there, so only the simulator can tell that its records are none.
    const dataset = await mkdtemp(path.join(folder, 'dataset-'))
    await writeFile(path.join(dataset, 'tasks.jsonl'), `{"id":"${CANARY}"}`)
    const ended = await wxcc(['demo', '--once', '--dataset', dataset])
    expect(complaintOf(ended, { progress: true })).toContain(
      'webex-simulator ended before it listened (code 1): SIM_DATASET: ',
    )
  })
})

const KEPT = {
  seed: 2,
  tasksPerDay: 2_000,
  days: 1,
  agents: 40,
  dataset: null,
  historyUntilMs: 0,
  clockStartMs: 0,
  firstStartedMs: 0,
  secretsKey: CANARY,
  contactKey: CANARY,
  dashboardPassword: CANARY,
}

describe.concurrent('help', () => {
  test.each([[], ['demo'], ['migrate'], ['samples'], ['status'], ['sources'], ['sources', 'list'], ['sources', 'add']])(
    'wxcc %s %s --help',
    async (...verb) => {
      const words = verb.filter((word) => typeof word === 'string')
      const { code, stdout, stderr } = await wxcc([...words, '--help'])
      expect(stdout).toMatch(new RegExp(`^Usage: ${['wxcc', ...words].join(' ')} `))
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    },
  )
})
