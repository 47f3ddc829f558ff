import { randomBytes } from 'node:crypto'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readLearned } from '@wxcc/db/learned'
import { readSealingKey } from '@wxcc/db/seal'
import { httpClock } from '@wxcc/runtime/http-clock'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { startSimulator } from '@wxcc/testing/simulator'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describeLearned } from './describe-learned.ts'
import { learnSource } from './learn-source.ts'

const HOUR_MS = 3_600_000
const database = useDatabase()
const key = readSealingKey(randomBytes(32).toString('base64'))
let db: Database
let simulator: RunningApp

beforeAll(() => {
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 3 })
})
afterAll(() => db.destroy())
afterEach(() => simulator.stop())

/** Connects to a vendor of this kind, refreshes once, lets two hours pass, then learns while an hour of the clock goes by in three seconds. */
async function learnOf(name: string, env: Readonly<Record<string, string>>) {
  simulator = await startSimulator({
    SIM_TASKS_PER_DAY: '300',
    SIM_AGENTS: '4',
    SIM_CLOCK_START: '2026-11-18T11:00:00Z',
    SIM_CLOCK_SPEED: '0',
    ...env,
  })
  const control = async (part: string, body: object) =>
    (
      await fetch(`${simulator.url()}/_sim/${part}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()
  const { orgId } = (await (await fetch(`${simulator.url()}/_sim/info`)).json()) as { readonly orgId: string }
  const now = httpClock(`${simulator.url()}/_sim/clock`)
  const client = {
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    tokenUrl: `${simulator.url()}/v1/access_token`,
  }
  const credentials = openCredentials(db, key)
  const credentialId = await credentials.add({ ...client, refreshToken: 'simulated-refresh-token' })
  const source = await addSource(db, {
    key: name,
    displayName: name,
    orgId,
    dataCenter: 'us1',
    apiUrl: simulator.url(),
    credentialId,
    loadFromMs: await now(),
  })
  // The clock stands still: nothing is watched for.
  await learnSource(db, key, source, { now, watchMs: 0, pauseMs: 1 })
  expect(await readLearned(db, source.dataSourceId)).toMatchObject({ refreshLifeRestarts: null })
  await control('clock', { advanceMs: 2 * HOUR_MS })
  await control('clock', { speed: 1_200 })
  const learned = await learnSource(db, key, source, { now, watchMs: HOUR_MS, pauseMs: 20 })
  expect(await readLearned(db, source.dataSourceId)).toEqual(learned)
  await db.deleteFrom('etl.data_source').execute()
  return { source, learned }
}

test('a vendor as documented', async () => {
  const { source, learned } = await learnOf('documented', {})
  expect(learned).toMatchObject({
    edges: 'half-open',
    maxSpanDays: 365,
    refreshTokenRotates: false,
    refreshLifeRestarts: true,
  })
  expect(learned.settledRecords).toBeGreaterThan(5)
  expect(describeLearned(source, learned).map(({ verdict }) => verdict)).not.toContain('skipped')
})

test('another one: edges belong to nothing, late records, rotated tokens whose life goes on', async () => {
  const { source, learned } = await learnOf('other', {
    SIM_WINDOW_BOUNDS: 'open',
    SIM_SPAN_LIMIT: '13-months',
    SIM_INDEX_LAG_SECONDS: '400-600',
    SIM_REFRESH_TOKEN_ROTATES: 'true',
    SIM_REFRESH_CLOCK_RESETS: 'false',
  })
  expect(learned).toMatchObject({
    edges: 'open',
    maxSpanDays: 396,
    refreshTokenRotates: true,
    refreshLifeRestarts: false,
  })
  expect(learned.settleMs).toBeGreaterThan(400_000)
  const advised = describeLearned(source, learned).find(({ check }) => check === 'Settle time')
  expect(advised).toMatchObject({ verdict: 'warn', advice: expect.stringMatching(/--settle-minutes \d+/) })
})
