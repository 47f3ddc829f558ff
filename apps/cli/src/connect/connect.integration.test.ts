import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { serviceAppOf } from '@wxcc/testing/service-app'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, runAsUser } from '../testing/run-as-user.ts'

const database = useDatabase()
const redis = useRedis()
const ORG = '5f1dbd0c-4c80-4a6e-9a7b-9f4b6f6f2a11'
const OTHER_ORG = '7a1dbd0c-4c80-4a6e-9a7b-9f4b6f6f2a12'
const SECRETS_KEY = randomBytes(32).toString('base64')
const SECRET = 'canary7Q-client-secret'
let simulator: RunningApp
let db: Database
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-connect-'))
  simulator = await startSimulator({
    SIM_ORG_ID: ORG,
    SIM_CLIENT_SECRET: SECRET,
    SIM_TASKS_PER_DAY: '5',
    SIM_AGENTS: '2',
    SIM_SCOPES: 'cjp:config_read spark:people_read cjp:task_read',
  })
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 2 })
})
afterAll(async () => {
  await db.destroy()
  await simulator.stop()
  await rm(folder, { recursive: true, force: true })
})

const settings = (): Record<string, string> => ({
  DATABASE_URL: database.url(),
  SECRETS_KEY,
  REDIS_URL: redis.url,
  STORAGE_URL: pathToFileURL(path.join(folder, 'objects')).href,
})

const connectArgs = (...more: string[]) => {
  const url = simulator.url()
  const args = `connect --client-id simulated-client --redirect-port 0 --no-browser --days 0 --api-url ${url}`.split(
    ' ',
  )
  return args.concat(['--token-url', `${url}/v1/access_token`, '--authorize-url', `${url}/v1/authorize`], more)
}

/** Runs `wxcc connect` and does in its place what a person does in the browser: signs in as the first of the list, then decides. */
async function connectByConsent(decision: 'accept' | 'decline', ...more: string[]): Promise<Ended & { address: URL }> {
  const main = path.join(import.meta.dirname, '../main.ts')
  const child = spawn(process.execPath, [main, ...connectArgs(...more)], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      WEBEX_CLIENT_SECRET: SECRET,
      ...settings(),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stderr = text(child.stderr)
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  let stdout = ''
  const address = await new Promise<URL>((resolve, reject) => {
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString()
      const printed = /^ {2}(http\S+)$/m.exec(stdout)?.[1]
      if (printed !== undefined) resolve(new URL(printed))
    })
    void exited.then(async () => reject(new Error(`it ended: ${await stderr}`)))
  })
  const page = await (await fetch(address)).text()
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? ''
  const answer = await fetch(new URL('/v1/authorize', address), {
    method: 'POST',
    body: new URLSearchParams({ ticket: field('ticket'), person: field('person'), decision }),
    redirect: 'manual',
  })
  const back = new URL(answer.headers.get('location')!)
  // Somebody else's answer first: it is turned away, and the right one still counts.
  const forged = new URL(back)
  forged.searchParams.set('state', 'forged')
  expect((await fetch(forged)).status).toBe(400)
  await fetch(back)
  return { code: await exited, stdout, stderr: await stderr, address }
}

describe('wxcc connect', () => {
  test('a consent declined is said in one line, and nothing is stored', async () => {
    const ended = await connectByConsent('decline', '--key', 'acme')
    expect(ended.stderr).toBe('wxcc-cli: no consent: the person at the browser said no\n')
    expect(ended.code).toBe(1)
    expect(await listSources(db)).toEqual([])
  })

  test('a consent for another organisation than expected stores nothing', async () => {
    const ended = await connectByConsent('accept', '--key', 'acme', '--org', OTHER_ORG)
    expect(ended.stderr).toContain('--org: the consent is for another organisation')
    expect(await listSources(db)).toEqual([])
  })

  test('consent by browser: PKCE and state, then the doctor, and a source', async () => {
    const ended = await connectByConsent('accept', '--key', 'acme')
    expect(Object.fromEntries(ended.address.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'cjp:config_read spark:people_read cjp:task_read',
    })
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toMatch(/Access token +acme +ok/)
    expect(ended.stdout).toMatch(/Organisation +acme +ok/)
    expect(ended.stdout).toMatch(/Search +acme +ok/)
    expect(ended.stdout).toMatch(/Recordings +acme +ok/)
    expect(ended.stdout).toMatch(/Configuration +acme +ok/)
    expect(ended.stdout).not.toContain('canary7Q')
    expect(ended.address.href).not.toContain('canary7Q')
    expect(await listSources(db)).toMatchObject([{ key: 'acme', orgId: ORG, state: 'active', taskLegs: 'ask' }])
  })

  test('a lost consent: the same organisation goes on with the new one', async () => {
    await db.updateTable('etl.credential').set({ state: 'needs_consent' }).execute()
    await db.updateTable('etl.data_source').set({ state: 'stopped', stop_code: 'vendor_forbidden' }).execute()
    const ended = await connectByConsent('accept')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(await db.selectFrom('etl.credential').select('state').execute()).toEqual([{ state: 'active' }])
    expect(await listSources(db)).toMatchObject([{ key: 'acme', state: 'active' }])
  })

  test('a refresh token that is there already needs no browser', async () => {
    const ended = await runAsUser('cli', connectArgs(), {
      ...settings(),
      WEBEX_CLIENT_SECRET: SECRET,
      WEBEX_REFRESH_TOKEN: 'simulated-refresh-token',
    })
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toContain('acme is connected.')
  })

  test('a Service App: its tokens are fetched with a personal one, which is not kept', async () => {
    const { applicationId, applicationsToken } = await serviceAppOf(simulator.url(), SECRET)
    const args = connectArgs('--client-id', 'simulated-service-app', '--application-id', applicationId, '--org', ORG)
    const env = { ...settings(), WEBEX_CLIENT_SECRET: 'simulated-service-app-secret' }

    const refused = await runAsUser('cli', args, { ...env, WEBEX_APPLICATIONS_TOKEN: 'another' })
    expect(refused.stderr).toContain('WEBEX_APPLICATIONS_TOKEN, WEBEX_CLIENT_SECRET: the vendor refused')
    const ended = await runAsUser('cli', args, { ...env, WEBEX_APPLICATIONS_TOKEN: applicationsToken })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).not.toContain(applicationsToken)
    expect(await db.selectFrom('etl.credential').select(['client_id', 'state']).execute()).toEqual([
      { client_id: 'simulated-service-app', state: 'active' },
    ])
  })
})
