import { createHash } from 'node:crypto'
import { type Transaction, sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { DB } from '../schema.ts'
import type { AgentTimeStretch } from './agent-logins.ts'

/** What an operator says a state counts as: `source_state` in lower case to group. */
export type StateRules = ReadonlyMap<string, string>

/** Rules of this source; its own go before those of every source (data source 0). */
export async function readStateRules(db: Database | Transaction<DB>, dataSourceId: number): Promise<StateRules> {
  const rows = await db
    .selectFrom('journey.agent_state_rule')
    .select(['source_state', 'state_group'])
    .where('data_source_id', 'in', [0, dataSourceId])
    .orderBy('data_source_id')
    .execute()
  return new Map(rows.map((row) => [row.source_state, row.state_group]))
}

/** A short name of everything that activity is derived by, apart from the records. */
export function fingerprintOf(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32)
}

/** By what the source's activity was derived last; undefined before the first time. */
export async function readAppliedStates(
  db: Database | Transaction<DB>,
  dataSourceId: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('etl.agent_state_applied')
    .select('fingerprint')
    .where('data_source_id', '=', dataSourceId)
    .executeTakeFirst()
  return row?.fingerprint
}

export interface HeldStatus {
  readonly id: string
  readonly sourceState: string
  readonly stateGroup: string
  readonly availability: string
  readonly isUnknown: boolean
}

export async function readAgentStatuses(tx: Transaction<DB>, dataSourceId: number): Promise<HeldStatus[]> {
  const rows = await tx
    .selectFrom('journey.agent_status')
    .select(['agent_status_id', 'source_state', 'state_group', 'availability', 'is_unknown'])
    .where('data_source_id', '=', dataSourceId)
    .orderBy('agent_status_id')
    .execute()
  return rows.map((row) => ({
    id: row.agent_status_id,
    sourceState: row.source_state,
    stateGroup: row.state_group,
    availability: row.availability,
    isUnknown: row.is_unknown,
  }))
}

/**
 * Regroups these statuses and books all agent time of the source as due, a row per agent and day. What was booked before stays.
 */
export async function applyStates(
  tx: Transaction<DB>,
  applied: {
    readonly dataSourceId: number
    readonly fingerprint: string
    readonly regrouped: readonly HeldStatus[]
    readonly nowMs: number
  },
): Promise<void> {
  const { dataSourceId } = applied
  await sql`
    update journey.agent_status s
    set state_group = x."stateGroup", availability = x.availability, is_unknown = x."isUnknown", updated_at = now()
    from json_to_recordset(${JSON.stringify(applied.regrouped)}::json)
      as x(id uuid, "stateGroup" text, availability text, "isUnknown" boolean)
    where s.agent_status_id = x.id`.execute(tx)
  await sql`
    insert into etl.agent_time_due (data_source_id, agent_id, range_start, range_end, is_open)
    select ${dataSourceId}, agent_id, min(start_time), max(coalesce(end_time, start_time)), bool_or(end_time is null)
    from journey.agent_state_interval where data_source_id = ${dataSourceId} and not is_deleted
    group by agent_id, date_trunc('day', start_time, 'UTC')
    on conflict do nothing`.execute(tx)
  await sql`
    insert into etl.agent_state_applied (data_source_id, fingerprint, applied_at)
    values (${dataSourceId}, ${applied.fingerprint}, ${new Date(applied.nowMs)})
    on conflict (data_source_id) do update set fingerprint = excluded.fingerprint, applied_at = excluded.applied_at`.execute(
    tx,
  )
}

/** Takes the newest of what is due; whoever takes it derives it in the same transaction. */
export async function takeDueAgentTime(
  tx: Transaction<DB>,
  dataSourceId: number,
  limit: number,
): Promise<(AgentTimeStretch & { readonly wasOpen: boolean })[]> {
  const { rows } = await sql<{ agent_id: string; range_start: Date; range_end: Date; is_open: boolean }>`
    delete from etl.agent_time_due d
    using (select data_source_id, range_start, agent_id from etl.agent_time_due where data_source_id = ${dataSourceId}
      order by range_start desc, agent_id limit ${limit}) t
    where (d.data_source_id, d.range_start, d.agent_id) = (t.data_source_id, t.range_start, t.agent_id)
    returning d.agent_id, d.range_start, d.range_end, d.is_open`.execute(tx)
  return rows.map((row) => ({
    agentId: row.agent_id,
    fromMs: row.range_start.getTime(),
    toMs: row.range_end.getTime(),
    wasOpen: row.is_open,
  }))
}

export async function hasDueAgentTime(db: Database, dataSourceId: number): Promise<boolean> {
  const row = await db
    .selectFrom('etl.agent_time_due')
    .select('agent_id')
    .where('data_source_id', '=', dataSourceId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
