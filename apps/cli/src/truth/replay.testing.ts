import type { Database } from '@wxcc/db/connect'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import { until } from '@wxcc/testing/until'
import { sql } from 'kysely'

/** Tables of facts, dimensions and personal data that hold nothing in a new database: what is in them later was derived. */
export async function listDerivedTables(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('journey', 'pii') and c.relkind in ('r', 'p') and not c.relispartition order by 1`.execute(db)
  const empty: string[] = []
  for (const { name } of rows) {
    const found = await sql<{ some: boolean }>`select exists (select from ${sql.table(name)}) as some`.execute(db)
    if (!found.rows[0]!.some) empty.push(name)
  }
  return empty
}

/** Content of every table of `journey`, and of personal data as far as it is no time of our own; one line each. */
export async function contentOf(db: Database): Promise<string[]> {
  const { tables } = await hashJourney(db)
  const { rows } = await sql<{ name: string }>`
    select 'pii.' || relname as name from pg_class
    where relnamespace = 'pii'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`.execute(db)
  const personal: string[] = []
  for (const { name } of rows) {
    const found = await sql<{ rows: number; hash: string }>`
      select count(*)::int as rows, md5(coalesce(string_agg(line, ',' order by line), '')) as hash
      from (select (to_jsonb(t) - '{created_at,updated_at,fetch_id}'::text[])::text as line from ${sql.table(name)} t) lines`.execute(
      db,
    )
    personal.push(`${name} ${found.rows[0]!.rows} ${found.rows[0]!.hash}`)
  }
  return [...tables.map(({ table, rows: count, sha256 }) => `journey.${table} ${count} ${sha256}`), ...personal]
}

/** Forgets everything derived, and asks for the configuration again; what was fetched stays. */
export async function forgetDerived(db: Database, derived: readonly string[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`truncate etl.task_source, ${sql.join(derived.map((table) => sql.table(table)))}`.execute(tx)
    await sql`update etl.fetch set state = 'pending', generation = generation + 1, cursor = null where kind = 'configuration'`.execute(
      tx,
    )
  })
}

/** The spans that were fetched last, so that newer copies of tasks and log-ins can be mapped before older ones; and the others. */
export async function splitSpans(db: Database): Promise<{ readonly later: number[]; readonly earlier: number[] }> {
  const { rows } = await sql<{ fetchId: number }>`
    select fetch_id as "fetchId" from etl.fetch where kind = 'span' and state = 'mapped' order by 1`.execute(db)
  const ids = rows.map((row) => row.fetchId)
  const middle = Math.floor(ids.length / 2)
  return { earlier: ids.slice(0, middle), later: ids.slice(middle) }
}

/** Has these fetches mapped from their stored pages by whichever mapper takes them; waits until nothing is open any more. */
export async function mapAgain(db: Database, fetchIds: readonly number[]): Promise<void> {
  // Without a job of its own: the planner finds what lies about, and hands it out.
  await db
    .updateTable('etl.fetch')
    .set({ state: 'fetched', lease_until: null, queued_at: null, map_attempts: 0 })
    .where('fetch_id', 'in', fetchIds)
    .execute()
  await until(
    'the stored pages to be mapped again',
    async () => {
      const { rows } = await sql<{ open: number }>`
        select count(*)::int as open from etl.fetch where kind <> 'captures' and state not in ('mapped', 'done')`.execute(
        db,
      )
      return rows[0]!.open === 0
    },
    { timeoutMs: 180_000, everyMs: 50 },
  )
}
