import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { DB } from '@wxcc/db/schema'
import type { DimensionRows } from './dimension-rows.ts'

/**
 * Writes what the configuration knows. It knows better than records do, so it replaces what is there, but never by null; what it no longer lists
 * stays. Rows that need nothing are not touched, and rows are written in order of id, since mappers insert into the same tables.
 */
export async function storeDimensions(tx: Transaction<DB>, dataSourceId: number, rows: DimensionRows): Promise<void> {
  await upsert(tx, dataSourceId, rows.agents, {
    table: 'journey.agent',
    key: 'agent_id',
    source: 'source_agent_id',
    columns: [
      { name: 'login', from: 'login', type: 'text' },
      { name: 'team_id', from: 'teamId', type: 'uuid' },
      { name: 'site_id', from: 'siteId', type: 'uuid' },
      { name: 'status', from: 'status', type: 'text' },
    ],
  })
  await upsert(tx, dataSourceId, rows.entryPoints, {
    table: 'journey.entry_point',
    key: 'entry_point_id',
    source: 'source_entry_point_id',
    columns: [{ name: 'channel_type', from: 'channelType', type: 'text' }],
  })
  await upsert(tx, dataSourceId, rows.outcomes, {
    table: 'journey.outcome',
    key: 'outcome_id',
    source: 'source_wrap_up_code_id',
    columns: [],
  })
  await upsert(tx, dataSourceId, rows.queues, {
    table: 'journey.queue',
    key: 'queue_id',
    source: 'source_queue_id',
    columns: [
      { name: 'channel_type', from: 'channelType', type: 'text' },
      { name: 'service_level_ms', from: 'serviceLevelMs', type: 'integer' },
    ],
  })
  await upsert(tx, dataSourceId, rows.sites, {
    table: 'journey.site',
    key: 'site_id',
    source: 'source_site_id',
    columns: [{ name: 'time_zone', from: 'timeZone', type: 'text' }],
  })
  await upsert(tx, dataSourceId, rows.teams, {
    table: 'journey.team',
    key: 'team_id',
    source: 'source_team_id',
    columns: [{ name: 'site_id', from: 'siteId', type: 'uuid' }],
  })
  await storeIdleCodes(tx, dataSourceId, rows.idleCodes)
}

interface Target {
  readonly table: string
  readonly key: string
  readonly source: string
  readonly columns: readonly {
    readonly name: string
    readonly from: string
    readonly type: 'text' | 'uuid' | 'integer'
  }[]
}

async function upsert(
  tx: Transaction<DB>,
  dataSourceId: number,
  rows: readonly { readonly id: string }[],
  target: Target,
): Promise<void> {
  if (rows.length === 0) return
  const columns = [{ name: 'name', from: 'name', type: 'text' }, ...target.columns]
  const [table, key, source] = [sql.table(target.table), sql.ref(target.key), sql.ref(target.source)]
  const each = (write: (column: { readonly name: string; readonly from: string }) => RawBuilder<unknown>) =>
    sql.join(columns.map(write))
  const newer = (name: string) => sql`coalesce(${sql.ref(`excluded.${name}`)}, ${sql.ref(`t.${name}`)})`
  await sql`
    insert into ${table} as t (${key}, data_source_id, ${source}, ${each((c) => sql.ref(c.name))})
    select x.id, ${dataSourceId}, x."sourceId", ${each((c) => sql.ref(`x.${c.from}`))}
    from json_to_recordset(${inOrder(rows)}::json)
      as x(id uuid, "sourceId" text, ${sql.join(columns.map((c) => sql`${sql.ref(c.from)} ${sql.raw(c.type)}`))})
    on conflict (${key}) do update
    set ${sql.join(columns.map((c) => sql`${sql.ref(c.name)} = ${newer(c.name)}`))}, is_deleted = false, updated_at = now()
    where (${each((c) => sql.ref(`t.${c.name}`))}) is distinct from (${each((c) => newer(c.name))})`.execute(tx)
}

/** A status has a group, which the mapper's table of states owns; here it gets its name. `Idle` is what the state `idle` means. */
async function storeIdleCodes(
  tx: Transaction<DB>,
  dataSourceId: number,
  codes: DimensionRows['idleCodes'],
): Promise<void> {
  const named = codes.filter((code) => code.name !== null)
  if (named.length === 0) return
  await sql`
    insert into journey.agent_status as t
      (agent_status_id, data_source_id, source_state, source_idle_code_id, name, state_group, availability)
    select x.id, ${dataSourceId}, 'idle', x."sourceId", x.name, 'Idle', 'Unavailable'
    from json_to_recordset(${inOrder(named)}::json) as x(id uuid, "sourceId" text, name text)
    on conflict (agent_status_id) do update set name = excluded.name, updated_at = now()
    where t.name is distinct from excluded.name`.execute(tx)
}

/** One row per id, in order. */
function inOrder(rows: readonly { readonly id: string }[]): string {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return JSON.stringify([...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)))
}
