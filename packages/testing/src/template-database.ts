import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

/** Makes `name` on the server and migrates it, in a process of its own. */
export async function makeTemplate(options: {
  readonly adminUrl: string
  readonly name: string
  readonly connectModule: string
  readonly migratorModule: string
}): Promise<void> {
  await asAdmin(options.adminUrl, (client) => client.query(`create database ${client.escapeIdentifier(options.name)}`))
  await promisify(execFile)(
    process.execPath,
    [path.join(import.meta.dirname, 'run-migrations.ts'), options.connectModule, options.migratorModule],
    { env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl(options.adminUrl, options.name) } },
  )
}

export async function asAdmin<T>(adminUrl: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'wxcc-test-admin' })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

/** The same server and user, another database. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}
