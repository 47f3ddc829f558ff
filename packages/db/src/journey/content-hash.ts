import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../connect.ts'

/** What one table holds, apart from how and when it came there. */
export interface TableHash {
  readonly table: string
  /** Live rows; they make the hash. */
  readonly rows: number
  /** Rows that once were derived and no longer are. Whether they ever existed depends on the order of work, so they are only counted. */
  readonly tombstones: number
  /** SHA-256 in hex. */
  readonly sha256: string
}

export interface JourneyHash {
  readonly sha256: string
  readonly tables: readonly TableHash[]
}

/** When and by which fetch a row came is not what it says. */
const NOT_CONTENT = ['created_at', 'updated_at', 'fetch_id', 'row_hash', 'is_deleted']

/**
 * One hash over the business columns of every table of `journey`, rows in key order. Two databases loaded from the same source answer the same,
 * whatever the order of work, repeats and crashes. Reads one snapshot; on a large database it takes as long as reading it.
 */
export async function hashJourney(db: Database): Promise<JourneyHash> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      // Times as text depend on the session's zone.
      await sql`set local timezone to 'UTC'`.execute(tx)
      const { rows: tables } = await sql<{ name: string; key: string[]; tombstones: boolean }>`
        select c.relname as name,
          exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'is_deleted' and not a.attisdropped) as tombstones,
          (select array_agg(a.attname::text order by k.place) from pg_index i
            cross join lateral unnest(i.indkey::smallint[]) with ordinality as k(attnum, place)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
            where i.indrelid = c.oid and i.indisprimary) as key
        from pg_class c
        where c.relnamespace = 'journey'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        order by c.relname`.execute(tx)
      const hashes: TableHash[] = []
      for (const table of tables) {
        const isDead = table.tombstones ? sql`t.is_deleted` : sql`false`
        const { rows } = await sql<Omit<TableHash, 'table'>>`
          select count(*) filter (where not ${isDead})::int as rows, count(*) filter (where ${isDead})::int as tombstones,
            encode(sha256(coalesce(string_agg(
              sha256(convert_to((to_jsonb(t) - ${NOT_CONTENT}::text[])::text, 'UTF8')), ''::bytea
              order by ${sql.join(table.key.map((column) => sql.ref(`t.${column}`)))}
            ) filter (where not ${isDead}), ''::bytea)), 'hex') as sha256
          from ${sql.table(`journey.${table.name}`)} t`.execute(tx)
        hashes.push({ table: table.name, ...rows[0]! })
      }
      const whole = createHash('sha256')
      for (const hash of hashes) whole.update(`${hash.table} ${hash.rows} ${hash.sha256}\n`)
      return { sha256: whole.digest('hex'), tables: hashes }
    })
}
