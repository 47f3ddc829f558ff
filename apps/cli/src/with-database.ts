import { checkSchema } from '@wxcc/db/check-schema'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { connecting } from '@wxcc/runtime/connecting'

/** Runs `work` on a database of the newest schema, and closes it. What cannot be reached is said by the setting's name. */
export async function withDatabase(url: string, work: (db: Database) => Promise<void>): Promise<void> {
  const db = connectDatabase({ url, applicationName: 'wxcc-cli', poolSize: 2 })
  try {
    await connecting('DATABASE_URL', async () => {
      await checkSchema(db)
      await work(db)
    })
  } finally {
    await db.destroy()
  }
}
