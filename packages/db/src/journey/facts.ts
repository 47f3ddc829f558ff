import { countRows } from '@wxcc/telemetry/metrics'
import { type Insertable, type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { bytea, hashValues, inStatements, sortedByKey } from './recordset.ts'

type FactName =
  | 'journey.conversation'
  | 'journey.engagement'
  | 'journey.turn'
  | 'journey.media_file'
  | 'journey.agent_session'
  | 'journey.agent_state_interval'
  | 'journey.activity'

/** How a fact table is written. `columns` are the business columns, keys included: all that decides whether a row has changed. */
export interface FactTable<Name extends FactName, Column extends keyof Insertable<DB[Name]> & string> {
  readonly name: Name
  readonly key: readonly [Column, ...Column[]]
  readonly columns: readonly Column[]
  /** Columns that others may set apart from the row's own content: compared by value, not part of `row_hash`. */
  readonly unhashed?: readonly Column[]
  readonly hasLineage: boolean
}

/** A row to be written: every business column named, so that none is forgotten. */
export type FactRow<Table> =
  Table extends FactTable<infer Name, infer Column>
    ? { readonly [C in Column]: Exclude<Insertable<DB[Name]>[C], undefined> }
    : never

export function defineFact<Name extends FactName, Column extends keyof Insertable<DB[Name]> & string>(
  table: FactTable<Name, Column>,
): FactTable<Name, Column> {
  return table
}

/** The hash kept in `row_hash`: business columns only, neither lineage nor times of loading. */
export function hashRow(
  table: { readonly columns: readonly string[]; readonly unhashed?: readonly string[] },
  row: object,
): Buffer {
  const values = row as Readonly<Record<string, unknown>>
  return hashValues(table.columns.filter((column) => !table.unhashed?.includes(column)).map((column) => values[column]))
}

/**
 * Inserts or replaces rows by key. A row whose content is what is stored already is left alone, `updated_at` and lineage included; a tombstone
 * comes back to life. Returns the first key column of every row that changed.
 */
export async function upsertFacts<Name extends FactName, Column extends keyof Insertable<DB[Name]> & string>(
  tx: Transaction<DB>,
  table: FactTable<Name, Column>,
  rows: readonly FactRow<FactTable<Name, Column>>[],
  fetchId: number | null,
): Promise<string[]> {
  if (rows.length === 0) return []
  const lineage = table.hasLineage ? { fetch_id: fetchId } : {}
  const written = [...table.columns, 'row_hash', ...Object.keys(lineage)]
  const list = sql.join(written.map((column) => sql.ref(column)))
  const sets = sql.join(
    written
      .filter((column) => !table.key.some((key) => key === column))
      .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`),
  )
  const ordered = sortedByKey(rows, (row) => keyText(table.key, row)).map((row) => ({
    ...withByteaText(row),
    ...lineage,
    row_hash: bytea(hashRow(table, row)),
  }))
  const isMoved = (table.unhashed ?? []).map(
    (column) => sql` or t.${sql.ref(column)} is distinct from excluded.${sql.ref(column)}`,
  )
  const changed: string[] = []
  for (const json of inStatements(ordered)) {
    // json_populate_recordset takes the columns' types from the table itself.
    const { rows: returned } = await sql<{ id: string }>`
      insert into ${sql.table(table.name)} as t (${list})
      select ${list} from json_populate_recordset(null::${sql.table(table.name)}, ${json}::json)
      on conflict (${sql.join(table.key.map((column) => sql.ref(column)))}) do update
      set ${sets}, is_deleted = false, updated_at = now()
      where t.row_hash is distinct from excluded.row_hash or t.is_deleted${isMoved.length === 0 ? sql`` : sql.join(isMoved, sql``)}
      returning ${sql.ref(table.key[0])} as id`.execute(tx)
    for (const { id } of returned) changed.push(id)
  }
  countRows(table.name, changed.length)
  return changed
}

function withByteaText(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, Buffer.isBuffer(value) ? bytea(value) : (value as unknown)]),
  )
}

function keyText(key: readonly string[], row: object): string {
  const values = row as Readonly<Record<string, unknown>>
  return key
    .map((column) => {
      const value = values[column]
      return value instanceof Date ? value.toISOString() : String(value)
    })
    .join('\u001f')
}
