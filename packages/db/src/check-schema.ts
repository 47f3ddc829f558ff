import type { Database } from './connect.ts'
import { openMigrator } from './migrator.ts'

/** A migration of this program has not run in this database. `code` is for `connecting` of the runtime package, which words it. */
export class SchemaBehind extends Error {
  override readonly name = 'SchemaBehind'
  readonly code = 'schema_behind'
}

/** For the start of an app: throws `SchemaBehind` when `wxcc migrate` is due. A database that is ahead passes, so that old and new run side by side. */
export async function checkSchema(db: Database): Promise<void> {
  const migrations = await openMigrator(db).getMigrations()
  const due = migrations.filter(({ executedAt }) => executedAt === undefined)
  if (due.length > 0) throw new SchemaBehind(`${due.length} migrations are due`)
}
