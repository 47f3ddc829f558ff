/** `node run-migrations.ts <connect module> <migrator module>`: a process of its own, since this package may not import the db package. */
const [connectModule, migratorModule] = process.argv.slice(2)

interface Modules {
  readonly connectDatabase: (options: { url: string; applicationName: string }) => { destroy(): Promise<void> }
  readonly migrate: (db: unknown) => Promise<string[]>
}

const { connectDatabase } = (await import(connectModule!)) as Pick<Modules, 'connectDatabase'>
const { migrate } = (await import(migratorModule!)) as Pick<Modules, 'migrate'>
const db = connectDatabase({ url: process.env.DATABASE_URL!, applicationName: 'wxcc-test-migrate' })
try {
  await migrate(db)
} finally {
  await db.destroy()
}
