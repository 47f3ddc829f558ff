import { createHash } from 'node:crypto'
import { type Transaction, sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { DB } from '../schema.ts'
import { BI_VIEWS } from './views.ts'

/** Any two deployments at once follow one another. */
const LOCK = 'wxcc-bi'

/**
 * Makes the views of `bi` what this program says, if they are not (ADR 15: docs/adr/0015-views-are-data.md); all or nothing. A view of somebody else's that stands on one of ours
 * stops it, since it would have to be dropped: throws an error that names it.
 */
export async function deployBi(db: Database): Promise<boolean> {
  const statements = BI_VIEWS.map(statementsOf)
  const fingerprint = createHash('sha256').update(JSON.stringify(statements)).digest('hex')
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${LOCK}, 0))`.execute(tx)
    if (await isDeployed(tx, fingerprint)) return false
    await dropAll(tx)
    for (const statement of statements.flat()) await sql.raw(statement).execute(tx)
    await sql`grant select on all tables in schema bi to bi_reader`.execute(tx)
    await sql
      .raw(`comment on schema bi is 'The contract with BI (docs/metrics.md). Definition ${fingerprint}.'`)
      .execute(tx)
    return true
  })
}

async function isDeployed(tx: Transaction<DB>, fingerprint: string): Promise<boolean> {
  const { rows } = await sql<{ said: string | null; views: number }>`
    select obj_description('bi'::regnamespace, 'pg_namespace') as said,
      (select count(*)::int from pg_class c where c.relnamespace = 'bi'::regnamespace and c.relkind = 'v') as views`.execute(
    tx,
  )
  // A migration may have dropped views to change what they stand on.
  const wanted = BI_VIEWS.filter((view) => view.select !== undefined).length
  return rows[0]?.said?.includes(fingerprint) === true && rows[0].views === wanted
}

/** Only what is ours, newest first by dependency; `restrict` protects what others have built on it. */
async function dropAll(tx: Transaction<DB>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c where c.relnamespace = 'bi'::regnamespace and c.relkind = 'v'`.execute(tx)
  if (rows.length === 0) return
  // One statement: views that stand on each other may go together, in any order.
  await sql`drop view ${sql.join(rows.map(({ name }) => sql.table(`bi.${name}`)))} restrict`.execute(tx)
}

function statementsOf(view: (typeof BI_VIEWS)[number]): string[] {
  const kind = view.select === undefined ? 'table' : 'view'
  return [
    ...(view.select === undefined ? [] : [`create view bi.${view.name} as\n${view.select}`]),
    `comment on ${kind} bi.${view.name} is ${literal(view.comment)}`,
    ...view.columns.map(({ name, comment }) => `comment on column bi.${view.name}.${name} is ${literal(comment)}`),
  ]
}

function literal(text: string): string {
  return `'${text.replaceAll(`'`, `''`)}'`
}
