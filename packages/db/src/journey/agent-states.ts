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
 * Regroups these statuses and books all agent time of the source as due, a row per login. What was booked before stays.
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
    insert into etl.agent_time_due (data_source_id, login_time, agent_session_id, agent_id)
    select data_source_id, login_time, agent_session_id, agent_id
    from journey.agent_session where data_source_id = ${dataSourceId} and not is_deleted
    on conflict do nothing`.execute(tx)
  await sql`
    insert into etl.agent_state_applied (data_source_id, fingerprint, applied_at)
    values (${dataSourceId}, ${applied.fingerprint}, ${new Date(applied.nowMs)})
    on conflict (data_source_id) do update set fingerprint = excluded.fingerprint, applied_at = excluded.applied_at`.execute(
    tx,
  )
}

/** The stretches of at most so many logins that are due, the newest first, and how many logins it were; whoever takes them derives them in the same transaction. */
export async function takeDueAgentTime(
  tx: Transaction<DB>,
  dataSourceId: number,
  limit: number,
): Promise<{ readonly logins: number; readonly stretches: (AgentTimeStretch & { readonly wasOpen: boolean })[] }> {
  const { rows } = await sql<{ agent_id: string; from_time: Date | null; to_time: Date; is_open: boolean }>`
    with taken as (
      delete from etl.agent_time_due d
      using (select data_source_id, login_time, agent_session_id from etl.agent_time_due
        where data_source_id = ${dataSourceId} order by login_time desc, agent_session_id limit ${limit}) t
      where (d.data_source_id, d.login_time, d.agent_session_id) = (t.data_source_id, t.login_time, t.agent_session_id)
      returning d.agent_id, d.agent_session_id, d.login_time)
    select t.agent_id, i.* from taken t join journey.agent_session s using (agent_session_id)
    cross join lateral (
      select min(i.start_time) as from_time, max(coalesce(i.end_time, s.logout_time, i.start_time)) as to_time,
        bool_or(i.end_time is null and s.logout_time is null) as is_open
      from journey.agent_state_interval i
      where i.agent_id = t.agent_id and i.agent_session_id = t.agent_session_id and not i.is_deleted
        and i.start_time >= t.login_time - interval '1 day') i`.execute(tx)
  const stretches = rows.flatMap(({ agent_id, from_time, to_time, is_open }) =>
    from_time === null
      ? []
      : [{ agentId: agent_id, fromMs: from_time.getTime(), toMs: to_time.getTime(), wasOpen: is_open }],
  )
  return { logins: rows.length, stretches }
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
