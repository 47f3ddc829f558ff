import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { type LabelRow, lockMembers, type MemberKind, saveLabels } from './member-labels.ts'

export interface ConfiguredMember {
  readonly id: string
  readonly sourceId: string
  readonly name: string | null
  /** The vendor's own time of the last change, epoch ms; null when it does not say. */
  readonly changedAtMs: number | null
  readonly isActive: boolean
}

/** How an agent may be reached or call, as the configuration has it. Personal data. */
export interface AgentAddress {
  readonly agentId: string
  readonly kind: 'phone' | 'email' | 'id'
  readonly address: string
}

/** What a configuration lists of one source. Null members say nothing. */
export interface ConfiguredMembers {
  readonly agents: readonly (ConfiguredMember & {
    readonly login: string | null
    readonly teamId: string | null
    readonly siteId: string | null
    readonly status: 'Active' | 'Inactive'
  })[]
  readonly addresses: readonly AgentAddress[]
  readonly queues: readonly (ConfiguredMember & {
    readonly channelType: string | null
    readonly serviceLevelMs: number | null
  })[]
  readonly teams: readonly (ConfiguredMember & { readonly siteId: string | null })[]
  readonly sites: readonly (ConfiguredMember & { readonly timeZone: string | null })[]
  readonly entryPoints: readonly (ConfiguredMember & { readonly channelType: string | null })[]
  readonly outcomes: readonly ConfiguredMember[]
  /** Idle codes: statuses of the state `idle`. */
  readonly idleCodes: readonly ConfiguredMember[]
}

export type ConfiguredList = Exclude<keyof ConfiguredMembers, 'addresses'>

interface Target {
  readonly kind: MemberKind
  readonly table: string
  readonly key: string
  readonly source: string
  readonly columns: readonly Column[]
}

interface Column {
  readonly name: string
  readonly from: string
  readonly type: 'text' | 'uuid' | 'integer' | 'boolean'
}

const NAME: Column = { name: 'name', from: 'name', type: 'text' }
const ACTIVE: Column = { name: 'is_active', from: 'isActive', type: 'boolean' }

const TARGETS = {
  agents: {
    kind: 'agent',
    table: 'journey.agent',
    key: 'agent_id',
    source: 'source_agent_id',
    columns: [
      NAME,
      { name: 'login', from: 'login', type: 'text' },
      { name: 'team_id', from: 'teamId', type: 'uuid' },
      { name: 'site_id', from: 'siteId', type: 'uuid' },
      { name: 'status', from: 'status', type: 'text' },
    ],
  },
  entryPoints: {
    kind: 'entry_point',
    table: 'journey.entry_point',
    key: 'entry_point_id',
    source: 'source_entry_point_id',
    columns: [NAME, ACTIVE, { name: 'channel_type', from: 'channelType', type: 'text' }],
  },
  outcomes: {
    kind: 'outcome',
    table: 'journey.outcome',
    key: 'outcome_id',
    source: 'source_wrap_up_code_id',
    columns: [NAME, ACTIVE],
  },
  queues: {
    kind: 'queue',
    table: 'journey.queue',
    key: 'queue_id',
    source: 'source_queue_id',
    columns: [
      NAME,
      ACTIVE,
      { name: 'channel_type', from: 'channelType', type: 'text' },
      { name: 'service_level_ms', from: 'serviceLevelMs', type: 'integer' },
    ],
  },
  sites: {
    kind: 'site',
    table: 'journey.site',
    key: 'site_id',
    source: 'source_site_id',
    columns: [NAME, ACTIVE, { name: 'time_zone', from: 'timeZone', type: 'text' }],
  },
  teams: {
    kind: 'team',
    table: 'journey.team',
    key: 'team_id',
    source: 'source_team_id',
    columns: [NAME, ACTIVE, { name: 'site_id', from: 'siteId', type: 'uuid' }],
  },
} as const satisfies Record<string, Target>

/**
 * Writes what the configuration knows. It knows better than records do, so it replaces what is there, but never by null. What a whole list no longer
 * has is marked as deleted and keeps its names; it is never removed. Rows that need nothing are not touched, and mappers, who write the same
 * tables, wait meanwhile.
 */
export async function storeConfiguredMembers(
  tx: Transaction<DB>,
  dataSourceId: number,
  rows: ConfiguredMembers,
  seen: { readonly nowMs: number; readonly isWhole: (list: ConfiguredList) => boolean },
): Promise<void> {
  await lockMembers(tx, dataSourceId)
  await saveLabels(tx, dataSourceId, labelsOf(rows, seen.nowMs))
  for (const name of ['agents', 'entryPoints', 'outcomes', 'queues', 'sites', 'teams'] as const) {
    await upsert(tx, dataSourceId, rows[name], TARGETS[name])
    if (seen.isWhole(name)) await markDeleted(tx, dataSourceId, rows[name], TARGETS[name], seen.nowMs)
  }
  await storeIdleCodes(tx, dataSourceId, rows.idleCodes)
  if (seen.isWhole('idleCodes')) await markIdleCodesDeleted(tx, dataSourceId, rows.idleCodes, seen.nowMs)
  await storeAddresses(tx, dataSourceId, rows.addresses)
}

function labelsOf(rows: ConfiguredMembers, nowMs: number): LabelRow[] {
  const namesOf = (memberKind: MemberKind, members: readonly ConfiguredMember[]) =>
    members.flatMap(({ id, name, changedAtMs }): LabelRow[] =>
      name === null
        ? []
        : [{ memberId: id, memberKind, labelKind: 'name', label: name, configuredFromMs: changedAtMs ?? nowMs }],
    )
  return [
    ...(['agents', 'entryPoints', 'outcomes', 'queues', 'sites', 'teams'] as const).flatMap((name) =>
      namesOf(TARGETS[name].kind, rows[name]),
    ),
    ...namesOf('agent_status', rows.idleCodes),
    ...rows.agents.flatMap(({ id, login, changedAtMs }): LabelRow[] =>
      login === null
        ? []
        : [
            {
              memberId: id,
              memberKind: 'agent',
              labelKind: 'login',
              label: login,
              configuredFromMs: changedAtMs ?? nowMs,
            },
          ],
    ),
  ]
}

async function upsert(
  tx: Transaction<DB>,
  dataSourceId: number,
  rows: readonly { readonly id: string }[],
  target: Target,
): Promise<void> {
  if (rows.length === 0) return
  const { columns } = target
  const [table, key, source] = [sql.table(target.table), sql.ref(target.key), sql.ref(target.source)]
  const each = (write: (column: Column) => RawBuilder<unknown>) => sql.join(columns.map(write))
  const newer = (name: string) => sql`coalesce(${sql.ref(`excluded.${name}`)}, ${sql.ref(`t.${name}`)})`
  await sql`
    insert into ${table} as t (${key}, data_source_id, ${source}, is_configured, ${each((c) => sql.ref(c.name))})
    select x.id, ${dataSourceId}, x."sourceId", true, ${each((c) => sql.ref(`x.${c.from}`))}
    from json_to_recordset(${inOrder(rows)}::json)
      as x(id uuid, "sourceId" text, ${sql.join(columns.map((c) => sql`${sql.ref(c.from)} ${sql.raw(c.type)}`))})
    on conflict (${key}) do update
    set ${sql.join(columns.map((c) => sql`${sql.ref(c.name)} = ${newer(c.name)}`))}, is_configured = true, deleted_at = null,
      is_deleted = false, updated_at = now()
    where not t.is_configured or t.deleted_at is not null
      or (${each((c) => sql.ref(`t.${c.name}`))}) is distinct from (${each((c) => newer(c.name))})`.execute(tx)
}

/** Configured once and listed no longer. Members that only records know were never listed, and stay as they are. */
async function markDeleted(
  tx: Transaction<DB>,
  dataSourceId: number,
  listed: readonly { readonly id: string }[],
  target: Target,
  nowMs: number,
): Promise<void> {
  const inactive = target.kind === 'agent' ? sql`status = 'Inactive'` : sql`is_active = false`
  await sql`
    update ${sql.table(target.table)} set deleted_at = ${new Date(nowMs)}, ${inactive}, updated_at = now()
    where data_source_id = ${dataSourceId} and is_configured and deleted_at is null
      and ${sql.ref(target.key)} <> all(${listed.map(({ id }) => id)}::uuid[])`.execute(tx)
}

/** A status has a group, which the mapper's table of states owns; here it gets its name. `Idle` is what the state `idle` means. */
async function storeIdleCodes(
  tx: Transaction<DB>,
  dataSourceId: number,
  codes: ConfiguredMembers['idleCodes'],
): Promise<void> {
  const named = codes.filter((code) => code.name !== null)
  if (named.length === 0) return
  await sql`
    insert into journey.agent_status as t
      (agent_status_id, data_source_id, source_state, source_idle_code_id, name, state_group, availability, is_configured, is_active)
    select x.id, ${dataSourceId}, 'idle', x."sourceId", x.name, 'Idle', 'Unavailable', true, x."isActive"
    from json_to_recordset(${inOrder(named)}::json) as x(id uuid, "sourceId" text, name text, "isActive" boolean)
    on conflict (agent_status_id) do update
    set name = excluded.name, is_configured = true, is_active = excluded.is_active, deleted_at = null, updated_at = now()
    where not t.is_configured or t.deleted_at is not null or (t.name, t.is_active) is distinct from (excluded.name, excluded.is_active)`.execute(
    tx,
  )
}

async function markIdleCodesDeleted(
  tx: Transaction<DB>,
  dataSourceId: number,
  codes: ConfiguredMembers['idleCodes'],
  nowMs: number,
): Promise<void> {
  const target = { kind: 'agent_status', table: 'journey.agent_status', key: 'agent_status_id' } as const
  await markDeleted(tx, dataSourceId, codes, { ...target, source: '', columns: [] }, nowMs)
}

/** Addresses stay once they are known: a call of last year was internal, whoever has the number today. */
async function storeAddresses(
  tx: Transaction<DB>,
  dataSourceId: number,
  addresses: ConfiguredMembers['addresses'],
): Promise<void> {
  await sql`
    insert into pii.agent_address (data_source_id, agent_id, address_kind, address)
    select ${dataSourceId}, x."agentId", x.kind, x.address
    from json_to_recordset(${JSON.stringify(addresses)}::json) as x("agentId" uuid, kind text, address text)
    order by 2, 3, 4
    on conflict do nothing`.execute(tx)
}

/** One row per id, in order. */
function inOrder(rows: readonly { readonly id: string }[]): string {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return JSON.stringify([...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)))
}
