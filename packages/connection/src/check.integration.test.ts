import { type Database, connectDatabase } from '@wxcc/db/connect'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPostgres } from './check-places.ts'
import { checkSource } from './check-source.ts'
import { type SimulatedConnection, connectSimulated } from './simulated-connection.testing.ts'

const database = useDatabase()
let db: Database
let connection: SimulatedConnection

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-test', poolSize: 3 })
  connection = await connectSimulated(db)
})
afterAll(async () => {
  await db.destroy()
  await connection.simulator.stop()
})

/** What is bad or worth a look, with what to do. */
async function findings(faults: readonly object[]): Promise<Record<string, string>> {
  await connection.setFaults(faults)
  const found = await checkSource(db, connection.key, connection.source, connection.now)
  return Object.fromEntries(found.flatMap(({ check, advice }) => (advice === undefined ? [] : [[check, advice]])))
}

const status = (path: string, code: number) => [{ match: { path }, fault: { kind: 'status', status: code } }]

test('all is well', async () => {
  expect(await findings([])).toEqual({})
})

test.each<[what: string, faults: readonly object[], check: string, advice: string]>([
  ['a vendor whose clock is off', [{ fault: { kind: 'clockSkew', skewMs: 600_000 } }], 'Clock', 'run NTP'],
  ['recordings that are refused', status('/v1/captures', 403), 'Recordings', 'cjp:config_read'],
  ['configuration that is refused', status('/organization', 403), 'Configuration', 'cjp:config_read'],
  ['a region that does not know us', status('/search', 404), 'Search', '--data-center'],
  ['requests that others spend', status('/search', 429), 'Search', '--budget-share'],
  [
    'a proxy that answers itself',
    [{ match: { path: '/search' }, fault: { kind: 'malformedJson' } }],
    'Search',
    'proxy',
  ],
])('%s', async (_what, faults, check, advice) => {
  const found = await findings(faults)
  expect(Object.keys(found)).toEqual([check])
  expect(found[check]).toContain(advice)
})

test('a database user that may not make partitions', async () => {
  await sql`create role reader_only login password 'reader'`.execute(db)
  await sql`grant usage on schema etl, journey, wxcc_migration to reader_only`.execute(db)
  await sql`grant select on all tables in schema wxcc_migration to reader_only`.execute(db)
  const url = new URL(database.url())
  url.username = 'reader_only'
  url.password = 'reader'
  const reader = connectDatabase({ url: url.href, applicationName: 'wxcc-test', poolSize: 1 })
  try {
    const bad = (await checkPostgres(reader)).filter(({ verdict }) => verdict === 'bad')
    expect(bad).toMatchObject([{ check: 'Postgres rights', advice: expect.stringContaining('grant create') }])
  } finally {
    await reader.destroy()
    await sql`drop owned by reader_only`.execute(db)
    await sql`drop role reader_only`.execute(db)
  }
})
