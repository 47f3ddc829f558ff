import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBudgets } from './budget-status.ts'
import { type Database, connectDatabase } from './connect.ts'
import { openCredentials } from './credential.ts'
import { addSource } from './data-source.ts'
import type { Lane } from '@wxcc/contracts/ledger'
import { newFetch } from './fetch-claim.ts'
import { pauseHistory } from './history.ts'
import { noteThrottle, readRate, setBudgetShare } from './request-rate.ts'
import { readSealingKey } from './seal.ts'

const NOON = Date.UTC(2026, 2, 10, 12)
const MINUTE = 60_000
const database = useDatabase()
let db: Database
let credentialIds: number[]

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'test', poolSize: 2 })
  const credentials = openCredentials(db, readSealingKey(Buffer.alloc(32, 7).toString('base64')))
  const add = (clientId: string) =>
    credentials.add({ clientId, clientSecret: 'x', refreshToken: 'x', tokenUrl: 'http://127.0.0.1/token' })
  // Two credentials of one client id, and one of another.
  credentialIds = [await add('shared'), await add('shared'), await add('other')]
  for (const [at, key] of ['east', 'west', 'south'].entries()) {
    await addSource(db, {
      key,
      displayName: key,
      orgId: key,
      dataCenter: 'us1',
      apiUrl: 'http://127.0.0.1',
      credentialId: credentialIds[at]!,
      loadFromMs: NOON,
    })
  }
})
afterAll(() => db.destroy())

async function addFetches(
  sourceId: number,
  count: number,
  state: string,
  actualRequests = 0,
  lane: Lane = 'history',
  estimatedRequests = 10,
): Promise<void> {
  for (let at = 0; at < count; at++) {
    const fetchId = await newFetch(db, {
      dataSourceId: sourceId,
      kind: 'span',
      stream: 'task',
      range: { fromMs: NOON, toMs: NOON + 15 * MINUTE },
      reason: lane === 'live' ? 'change' : 'history',
      lane,
      estimatedRequests,
      nowMs: NOON,
    })
    await db
      .updateTable('etl.fetch')
      .set({ state, actual_requests: actualRequests, fetched_at: state === 'mapped' ? new Date(NOON - MINUTE) : null })
      .where('fetch_id', '=', fetchId)
      .execute()
  }
}

async function addWindow(
  dataSourceId: number,
  minutesAgo: number,
  state: string,
  counted: { readonly expected: number; readonly stored: number | null },
): Promise<void> {
  const at = new Date(NOON)
  await db
    .insertInto('etl.load_window')
    .values({
      data_source_id: dataSourceId,
      stream: 'task',
      window_start: new Date(NOON - minutesAgo * MINUTE),
      state,
      ...counted,
      created_at: at,
      updated_at: at,
    })
    .execute()
}

/** Of as many tasks, one each. */
async function addCaptures(dataSourceId: number, tasks: number, state: string): Promise<void> {
  const at = new Date(NOON - 45 * MINUTE)
  await db
    .insertInto('etl.capture')
    .values(
      Array.from({ length: tasks }, (_, index) => ({
        data_source_id: dataSourceId,
        task_id: `${state}-${index}`,
        conversation_start_time: at,
        kind: 'recording',
        state,
        created_at: at,
        updated_at: at,
      })),
    )
    .execute()
}

async function forgetFetches(key: string): Promise<void> {
  await db
    .deleteFrom('etl.fetch')
    .where('data_source_id', '=', await sourceId(key))
    .execute()
}

const southDrainedAt = async () => (await readBudgets(db, NOON))[1]!.drainedAt?.getTime()

const sourceId = async (key: string) =>
  (
    await db
      .selectFrom('etl.data_source')
      .select('data_source_id')
      .where('data_source_key', '=', key)
      .executeTakeFirstOrThrow()
  ).data_source_id

test('sources of one client id have one line; waiting work without requests sent is not the budget’s fault', async () => {
  await addFetches(await sourceId('east'), 57, 'queued')
  await addFetches(await sourceId('west'), 57, 'pending')
  const [shared, south] = await readBudgets(db, NOON)
  expect(shared).toMatchObject({
    sources: ['east', 'west'],
    perMinute: 270,
    sentPerMinute: 0,
    requestsUnderWay: 570,
    requestsWaiting: 570,
    drainedAt: new Date(NOON + Math.floor((1_140 / 270) * MINUTE)),
    isTheLimit: false,
  })
  expect(south).toMatchObject({ sources: ['south'], requestsWaiting: 0, drainedAt: null, isTheLimit: false })
})

test('requests sent as fast as they may: the budget is the limit, not the workers', async () => {
  await addFetches(await sourceId('west'), 12, 'mapped', 100)
  const [shared] = await readBudgets(db, NOON)
  expect(shared).toMatchObject({ sentPerMinute: 240, isTheLimit: true, closedUntil: null })
})

test('what comes every quarter hour is reckoned with, by what it took once it is known, and never all there is', async () => {
  await addFetches(await sourceId('south'), 1, 'pending', 0, 'history', 1_350)
  expect(await southDrainedAt()).toBe(NOON + 5 * MINUTE)
  await addFetches(await sourceId('south'), 1, 'mapped', 1_350, 'live', 10)
  expect(await southDrainedAt()).toBe(NOON + 7.5 * MINUTE)
  await addFetches(await sourceId('south'), 1, 'mapped', 4_050, 'live', 10)
  expect(await southDrainedAt()).toBe(NOON + 50 * MINUTE)
  await forgetFetches('south')
})

test('work that lay while the budget was left over goes off as fast as of late, not as fast as it may', async () => {
  const south = await sourceId('south')
  await addFetches(south, 1, 'pending', 0, 'history', 2_700)
  await addFetches(south, 1, 'mapped', 1_350)
  expect(await southDrainedAt()).toBe(NOON + 10 * MINUTE)
  expect((await readBudgets(db, NOON))[1]).toMatchObject({ areWorkersTheLimit: false })
  // A third of what could have been sent.
  await db
    .updateTable('etl.fetch')
    .set({ created_at: new Date(NOON - 15 * MINUTE), fetched_at: new Date(NOON - 10 * MINUTE) })
    .where('data_source_id', '=', south)
    .execute()
  expect(await southDrainedAt()).toBe(NOON + 30 * MINUTE)
  const limits = async () => (await readBudgets(db, NOON))[1]
  expect(await limits()).toMatchObject({ areWorkersTheLimit: true, isTheLimit: false })
  // A history that was told to wait, and a vendor without answers, need no workers.
  await pauseHistory(db, south, true, NOON)
  expect(await limits()).toMatchObject({ areWorkersTheLimit: false, requestsWaiting: 0 })
  await pauseHistory(db, south, false, NOON)
  const pending = db.updateTable('etl.fetch').where('data_source_id', '=', south).where('state', '=', 'pending')
  await pending.set({ attempts: 1, last_code: 'vendor_timeout' }).execute()
  expect(await limits()).toMatchObject({ areWorkersTheLimit: false, requestsWaiting: 2_700 })
  await forgetFetches('south')
})

test('tasks that are not read yet, and those nobody has listed, will ask for their captures', async () => {
  const south = await sourceId('south')
  await addFetches(south, 1, 'pending', 0, 'history', 270)
  await addWindow(south, 45, 'verified', { expected: 200, stored: 200 })
  await addCaptures(south, 100, 'stored')
  expect(await southDrainedAt()).toBe(NOON + 1 * MINUTE)
  // Ten are listed at a time.
  await addCaptures(south, 2_700, 'expected')
  expect(await southDrainedAt()).toBe(NOON + 2 * MINUTE)
  await db.deleteFrom('etl.capture').where('state', '=', 'expected').execute()
  // Half of the tasks that were read had captures.
  await addWindow(south, 60, 'planned', { expected: 10_800, stored: null })
  expect(await southDrainedAt()).toBe(NOON + 3 * MINUTE)
  // A quarter hour like the newest comes every quarter hour: 40,500 tasks are 2,025 listings, half of the budget.
  await addWindow(south, 30, 'verified', { expected: 40_500, stored: 0 })
  expect(await southDrainedAt()).toBe(NOON + 6 * MINUTE)
  await forgetFetches('south')
})

test('a 429 closes and slows every credential of the client id; a share is everybody’s as well', async () => {
  await noteThrottle(db, { clientId: 'shared', nowMs: NOON, closedUntilMs: NOON + 30_000 })
  await noteThrottle(db, { clientId: 'shared', nowMs: NOON + 1_000, closedUntilMs: NOON + 20_000 })
  const [shared, south] = await readBudgets(db, NOON + 2_000)
  expect(shared).toMatchObject({
    closedUntil: new Date(NOON + 30_000),
    isSlowed: true,
    perMinute: 216,
    isTheLimit: true,
  })
  expect(south).toMatchObject({ closedUntil: null, isSlowed: false, perMinute: 270 })
  await setBudgetShare(db, credentialIds[1]!, 0.5)
  expect(await readRate(db, 'shared')).toMatchObject({ share: 0.5 })
  expect(await readRate(db, 'other')).toMatchObject({ share: 1 })
})
