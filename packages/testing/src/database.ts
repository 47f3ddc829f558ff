import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, inject } from 'vitest'
import { asAdmin, databaseUrl } from './template-database.ts'
import { until } from './until.ts'
import './services.ts'

export interface TestDatabase {
  readonly url: string
  /** Fails if a pool is still open on it, then drops it. */
  readonly drop: () => Promise<void>
}

/** A migrated database of one's own, cloned in a few dozen milliseconds. */
export async function createDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('adminDatabaseUrl')
  const template = inject('templateDatabase')
  const name = `${template}_${randomBytes(5).toString('hex')}`
  await asAdmin(adminUrl, (client) =>
    client.query(`create database ${client.escapeIdentifier(name)} template ${client.escapeIdentifier(template)}`),
  )
  return {
    url: databaseUrl(adminUrl, name),
    drop: () =>
      asAdmin(adminUrl, async (client) => {
        const survivors = async () => {
          const { rows } = await client.query<{ application_name: string }>(
            'select application_name from pg_stat_activity where datname = $1',
            [name],
          )
          return rows.map((row) => row.application_name)
        }
        // A closed pool's backends take a moment to leave.
        const leaked = await until('connections to end', async () => (await survivors()).length === 0, {
          timeoutMs: 3_000,
        }).then(() => [], survivors)
        await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`)
        if (leaked.length > 0) throw new Error(`this test file left connections open: ${leaked.join(', ')}`)
      }),
  }
}

/** At the top of a test file: one database for the whole file. `url()` works inside tests and hooks. */
export function useDatabase(): { readonly url: () => string } {
  let database: TestDatabase | undefined
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(async () => {
    await database?.drop()
  })
  return {
    url() {
      if (database === undefined) throw new Error('useDatabase(): the database exists inside tests and hooks only')
      return database.url
    },
  }
}
