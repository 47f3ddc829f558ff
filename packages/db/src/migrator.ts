import { promises as fs } from 'node:fs'
import path from 'node:path'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { deployBi } from './bi/deploy.ts'
import type { Database } from './connect.ts'

/**
 * Brings the database to the newest schema, and the views of `bi` to what this program says; harmless when it is there already or when two processes try at once.
 * Forward only. Returns the names of the migrations that ran. Throws the first error; nothing of a failed run stays.
 */
export async function migrate(db: Database): Promise<string[]> {
  const { error, results } = await openMigrator(db).migrateToLatest()
  if (error !== undefined) throw error
  await deployBi(db)
  return (results ?? []).filter((r) => r.status === 'Success').map((r) => r.migrationName)
}

/** Kysely's migrator over our folder of migrations. */
export function openMigrator(db: Database): Migrator {
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder: path.join(import.meta.dirname, 'migrations') }),
    // Migrations may wait for locks of a running fleet, and their bookkeeping stays out of the schemas people read.
    migrationTableSchema: 'wxcc_migration',
  })
}
