import { connectDatabase } from '@wxcc/db/connect'
import { FACT_TABLES } from '@wxcc/db/journey/fact-tables'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'

const database = useDatabase()
let db: ReturnType<typeof connectDatabase>

beforeAll(() => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-mapper-test' })
})
afterAll(() => db.destroy())

const NOT_BUSINESS = ['row_hash', 'fetch_id', 'is_deleted', 'created_at', 'updated_at']

test.each(FACT_TABLES.map((table) => [table.name, table] as const))(
  '%s is written with all its business columns',
  async (name, table) => {
    const { rows } = await sql<{ column_name: string }>`
      select attname::text as column_name from pg_attribute
      where attrelid = ${name}::regclass and attnum > 0 and not attisdropped and not attname = any(${NOT_BUSINESS}::text[])`.execute(
      db,
    )
    expect(new Set<string>(table.columns)).toEqual(new Set(rows.map((row) => row.column_name)))
  },
)
