import { connectDatabase } from '@wxcc/db/connect'
import { migrate } from '@wxcc/db/migrator'
import { databaseSettings } from '@wxcc/db/settings'
import { connecting } from '@wxcc/runtime/connecting'
import { loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'

/** `wxcc migrate`: brings the database of DATABASE_URL to the newest schema. Safe to run again and from several places at once. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database of DATABASE_URL to the newest schema')
    .option('--json', 'print the names of the migrations that ran as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
      const ran = await connecting('DATABASE_URL', () => migrateDatabase(DATABASE_URL))
      if (options.json) console.log(JSON.stringify({ migrations: ran }))
      else console.log(ran.length === 0 ? 'The schema is up to date.' : ran.map((name) => `applied ${name}`).join('\n'))
    })
}

/** Migrations wait for locks as long as they must, so they use a connection without a statement timeout. */
export async function migrateDatabase(url: string): Promise<string[]> {
  const db = connectDatabase({ url, applicationName: 'wxcc-migrate', poolSize: 1, statementTimeoutMs: 0 })
  try {
    return await migrate(db)
  } finally {
    await db.destroy()
  }
}
