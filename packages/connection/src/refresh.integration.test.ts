import { Secret } from '@wxcc/contracts/secret'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { createLogger } from '@wxcc/telemetry/log'
import { useDatabase } from '@wxcc/testing/database'
import { type CredentialStore, createTokenSource } from '@wxcc/webex/access-token'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepAlive } from './keep-alive.ts'
import { type SimulatedConnection, connectSimulated } from './simulated-connection.testing.ts'

const DAY_MS = 24 * 3_600_000
const database = useDatabase()
let db: Database
let connection: SimulatedConnection

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-test', poolSize: 10 })
  connection = await connectSimulated(db)
})
afterAll(async () => {
  await db.destroy()
  await connection.simulator.stop()
})
/** Each test begins with a consent of its own and an access token that has just run out. */
beforeEach(async () => {
  const { credentialId, client, now } = connection
  const tokens = await connection.consent()
  await connection.open(db).replace(credentialId, { ...client, ...tokens, nowMs: await now() })
  await expireAccess()
})

async function expireAccess(): Promise<void> {
  await db.updateTable('etl.credential').set({ access_token_sealed: null }).execute()
}

/** As another process would have it. */
function aStore(): CredentialStore {
  return connection.open(db).storeOf(connection.credentialId)
}

const tokenOf = (store = aStore()) => createTokenSource({ store, now: connection.now })
const row = () =>
  db.selectFrom('etl.credential').select(['state', 'consent_code', 'saved_fence']).executeTakeFirstOrThrow()

/** A store whose process dies at one line of a refresh. */
function dyingAt(line: 'begin' | 'save'): CredentialStore {
  const store = aStore()
  const die = () => Promise.reject(new Error('killed'))
  return { ...store, takeTurn: (work) => store.takeTurn((turn) => work({ ...turn, [line]: die })) }
}

test('forty who need a token at once cost one refresh', async () => {
  const before = await connection.livingTokens()
  const tokens = await Promise.all(Array.from({ length: 40 }, () => tokenOf().get()))
  expect(new Set(tokens.map((token) => token.reveal())).size).toBe(1)
  expect((await connection.livingTokens()) - before).toBe(1)
})

test('killed before the vendor was asked: the next one refreshes', async () => {
  await expect(tokenOf(dyingAt('begin')).get()).rejects.toThrow('killed')
  await tokenOf().get()
  expect(await row()).toMatchObject({ state: 'active', consent_code: null })
})

test('killed between the vendor’s answer and the store: a rotated token is gone, and that is said', async () => {
  await expect(tokenOf(dyingAt('save')).get()).rejects.toThrow('killed')
  await expect(tokenOf().get()).rejects.toMatchObject({ code: 'consent_needed' })
  expect(await row()).toMatchObject({ state: 'needs_consent', consent_code: 'refresh_lost' })
})

test('a refusal that was no crash is a refusal; a token beyond its end has run out', async () => {
  const { credentialId, client, now } = connection
  const wrong = { ...(await connection.consent()), refreshToken: new Secret('another') }
  await connection.open(db).replace(credentialId, { ...client, ...wrong, nowMs: await now() })
  await expireAccess()
  await expect(tokenOf().get()).rejects.toMatchObject({ code: 'consent_needed' })
  expect(await row()).toMatchObject({ consent_code: 'consent_needed' })
  const ended = { ...wrong, refreshTokenExpiresAtMs: (await now()) - 1 }
  await connection.open(db).replace(credentialId, { ...client, ...ended, nowMs: await now() })
  await expireAccess()
  await expect(tokenOf().get()).rejects.toMatchObject({ code: 'consent_needed' })
  expect(await row()).toMatchObject({ consent_code: 'refresh_expired' })
})

test('somebody consents while a refusal is on its way: the consent counts, and is used', async () => {
  const { credentialId, client, now } = connection
  const dead = { ...(await connection.consent()), refreshToken: new Secret('dead') }
  await connection.open(db).replace(credentialId, { ...client, ...dead, nowMs: await now() })
  await expireAccess()
  const store = aStore()
  const refreshing = tokenOf({
    ...store,
    takeTurn: (work) =>
      store.takeTurn((turn) =>
        work({
          ...turn,
          async refuse(nowMs) {
            const tokens = await connection.consent()
            await connection.open(db).replace(credentialId, { ...client, ...tokens, nowMs })
            return turn.refuse(nowMs)
          },
        }),
      ),
  })
  await refreshing.get()
  expect(await row()).toMatchObject({ state: 'active', consent_code: null })
})

test('somebody consents while an answer is on its way: the answer comes too late', async () => {
  const { credentialId, client } = connection
  const store = aStore()
  const consented = await connection.consent()
  const token = await tokenOf({
    ...store,
    takeTurn: (work) =>
      store.takeTurn((turn) =>
        work({
          ...turn,
          async save(tokens, nowMs) {
            await connection.open(db).replace(credentialId, { ...client, ...consented, nowMs })
            return turn.save(tokens, nowMs)
          },
        }),
      ),
  }).get()
  expect(token.equals(consented.accessToken)).toBe(true)
  const stored = await connection.open(db).read(credentialId)
  expect(stored.refreshToken.equals(consented.refreshToken)).toBe(true)
})

test('who loses its lease unnoticed still keeps what the vendor gave it', async () => {
  const store = aStore()
  const isLost = tokenOf({
    ...store,
    takeTurn: (work) =>
      store.takeTurn((turn) =>
        work({
          ...turn,
          async begin(nowMs) {
            await turn.begin(nowMs)
            await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${connection.credentialId}`.execute(
              db,
            )
          },
        }),
      ),
  })
  await expect(isLost.get()).rejects.toThrow(/connection error/)
  const before = await connection.livingTokens()
  await tokenOf().get()
  expect(await connection.livingTokens()).toBe(before)
})

test('a paused source is kept alive by one of many, and only when it is due', async () => {
  await tokenOf().get()
  await db.updateTable('etl.data_source').set({ state: 'paused' }).execute()
  const look = () =>
    keepAlive({
      db,
      credentials: connection.open(db),
      now: connection.now,
      log: createLogger('test', { level: 'silent' }),
    })
  expect(await look()).toBe(0)
  await connection.advance(7 * DAY_MS)
  const before = await row()
  await Promise.all([look(), look(), look()])
  expect(await row()).toMatchObject({ state: 'active', saved_fence: before.saved_fence + 1 })
})
