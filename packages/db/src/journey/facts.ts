import { hash } from 'node:crypto'
import { countRows } from '@wxcc/telemetry/metrics'
import { type Insertable, type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { bytea, canonical, isStorable, sortedByKey, storableJson, textsInStatements } from './recordset.ts'

type FactName =
  | 'journey.conversation'
  | 'journey.engagement'
  | 'journey.turn'
  | 'journey.media_file'
  | 'journey.agent_session'
  | 'journey.agent_state_interval'
  | 'journey.activity'
  | 'journey.review'
  | 'journey.task_leg'

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
  return hash('sha256', contentText(table, row), 'buffer')
}

/**
 * The row's content as JSON, in the order of the table's columns; what is null is left out. Put together piece by piece: an object made to be
 * stringified, and dates in it, cost half as much again (pnpm bench mapper).
 */
function contentText(
  table: { readonly columns: readonly string[]; readonly unhashed?: readonly string[] },
  row: object,
): string {
  const values = row as Readonly<Record<string, unknown>>
  let text = ''
  for (const column of table.columns) {
    const value = values[column]
    if (value === null || value === undefined || table.unhashed?.includes(column)) continue
    text += `${text === '' ? '{' : ','}"${column}":${valueText(value)}`
  }
  const whole = text === '' ? '{}' : `${text}}`
  return isStorable(whole) ? whole : storableJson(JSON.parse(whole))
}

/** As `JSON.stringify` writes it, object keys in order. */
function valueText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      return value instanceof Date && !Number.isNaN(value.getTime())
        ? `"${value.toISOString()}"`
        : JSON.stringify(sendable(value))
  }
}

function sendable(value: unknown): unknown {
  if (typeof value !== 'object' || value instanceof Date) return value
  return Buffer.isBuffer(value) ? bytea(value) : canonical(value)
}

/**
 * Inserts or replaces rows by key. A row whose content is what is stored already is left alone: it is not even locked, and `updated_at` and
 * lineage stay; a tombstone comes back to life. Returns the first key column of every row that changed.
 */
export async function upsertFacts<Name extends FactName, Column extends keyof Insertable<DB[Name]> & string>(
  tx: Transaction<DB>,
  table: FactTable<Name, Column>,
  rows: readonly FactRow<FactTable<Name, Column>>[],
  fetchId: number | null,
): Promise<string[]> {
  if (rows.length === 0) return []
  const written = [...table.columns, 'row_hash', ...(table.hasLineage ? ['fetch_id'] : [])]
  const list = columnList(written)
  const sets = sql.join(
    written
      .filter((column) => !table.key.some((key) => key === column))
      .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`),
  )
  const isSame = (other: string) =>
    sql.join(
      [
        sql`t.row_hash is not distinct from ${sql.ref(`${other}.row_hash`)} and not t.is_deleted`,
        ...(table.unhashed ?? []).map(
          (column) => sql`t.${sql.ref(column)} is not distinct from ${sql.ref(`${other}.${column}`)}`,
        ),
      ],
      sql` and `,
    )
  const isKey = sql.join(
    table.key.map((column) => sql`t.${sql.ref(column)} = x.${sql.ref(column)}`),
    sql` and `,
  )
  const ordered = sortedByKey(rows, (row) => keyText(table.key, row)).map((row) => writtenText(table, row, fetchId))
  const changed: string[] = []
  for (const json of textsInStatements(ordered)) {
    // json_populate_recordset takes the columns' types from the table itself. An upsert locks, and so writes, even a row that it then leaves
    // alone; hence the look beforehand. The second look is for what another transaction wrote in between.
    const { rows: returned } = await sql<{ id: string }>`
      insert into ${sql.table(table.name)} as t (${list})
      select ${list} from json_populate_recordset(null::${sql.table(table.name)}, ${json}::json) x
      where not exists (select from ${sql.table(table.name)} t where ${isKey} and ${isSame('x')})
      on conflict (${columnList(table.key)}) do update
      set ${sets}, is_deleted = false, updated_at = now()
      where not (${isSame('excluded')})
      returning ${sql.ref(table.key[0])} as id`.execute(tx)
    for (const { id } of returned) changed.push(id)
  }
  countRows(table.name, changed.length)
  return changed
}

function columnList(columns: readonly string[]) {
  return sql.join(columns.map((column) => sql.ref(column)))
}

/** One JSON object: content, the columns apart from it, hash and lineage. */
function writtenText(
  table: { readonly columns: readonly string[]; readonly unhashed?: readonly string[]; readonly hasLineage: boolean },
  row: object,
  fetchId: number | null,
): string {
  const values = row as Readonly<Record<string, unknown>>
  const content = contentText(table, row)
  const apart = (table.unhashed ?? []).map((column) => `,"${column}":${storableJson(sendable(values[column] ?? null))}`)
  const lineage = table.hasLineage ? `,"fetch_id":${fetchId}` : ''
  return `${content.slice(0, -1)}${apart.join('')},"row_hash":"\\\\x${hash('sha256', content, 'hex')}"${lineage}}`
}

function keyText(key: readonly string[], row: object): string {
  const values = row as Readonly<Record<string, unknown>>
  let text = ''
  for (const column of key) {
    const value = values[column]
    text += `${value instanceof Date ? value.getTime() : String(value)}\u001f`
  }
  return text
}
