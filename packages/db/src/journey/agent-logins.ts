import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { inStatements } from './recordset.ts'

/** A stretch of one agent's time `[fromMs, toMs)`, epoch ms. */
export interface AgentTimeStretch {
  readonly agentId: string
  readonly fromMs: number
  readonly toMs: number
}

/** A login that overlaps a stretch. */
export interface Login {
  /** Place of the stretch in the list that was asked for. */
  readonly stretch: number
  readonly agentSessionId: string
  readonly agentId: string
  readonly loginMs: number
  /** When its open states end: at logout, and at the agent's next login at the latest, since a person holds one at a time. Null while it lasts. */
  readonly endMs: number | null
}

/** Logins that overlap these stretches, in order of stretch and login. */
export async function readLogins(tx: Transaction<DB>, stretches: readonly AgentTimeStretch[]): Promise<Login[]> {
  const logins: Login[] = []
  for (const json of inStatements(stretches.map((stretch, place) => ({ ...stretchRow(stretch), place })))) {
    const { rows } = await sql<{
      place: number
      agent_session_id: string
      agent_id: string
      login_time: Date
      end_time: Date | null
    }>`
      select x.place, s.agent_session_id, x.agent_id, s.login_time,
        case when s.logout_evidence = 'source' then s.logout_time else least(s.logout_time, s.next_login) end as end_time
      from json_to_recordset(${json}::json) as x(place int, agent_id uuid, from_time timestamptz, to_time timestamptz)
      cross join lateral (
        select l.*, lead(l.login_time) over (order by l.login_time, l.agent_session_id) as next_login
        from journey.agent_session l where l.agent_id = x.agent_id and l.login_time < x.to_time and not l.is_deleted) s
      where s.logout_time is null or s.logout_time > x.from_time
      order by x.place, s.login_time, s.agent_session_id`.execute(tx)
    for (const row of rows) {
      logins.push({
        stretch: row.place,
        agentSessionId: row.agent_session_id,
        agentId: row.agent_id,
        loginMs: row.login_time.getTime(),
        endMs: row.end_time?.getTime() ?? null,
      })
    }
  }
  return logins
}

/** Agents of this source who are logged in, as far as is known, and since when each has been in a state whose end is not known. */
export async function readOpenSince(tx: Transaction<DB>, dataSourceId: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ agent_id: string; since: Date }>`
    select s.agent_id, min(i.start_time) as since
    from journey.agent_session s
    join journey.agent_state_interval i on i.agent_id = s.agent_id and i.agent_session_id = s.agent_session_id
      and coalesce(i.end_time, timestamptz 'infinity') = 'infinity' and i.start_time >= s.login_time - interval '1 day' and not i.is_deleted
    where s.data_source_id = ${dataSourceId} and s.is_active and not s.is_deleted
    group by s.agent_id order by s.agent_id`.execute(tx)
  return new Map(rows.map((row) => [row.agent_id, row.since.getTime()]))
}

/** An agent's states whose ends are not known: since when there is one, and until when at the latest, where their logins have ended. Epoch ms. */
export interface OpenStates {
  readonly sinceMs: number
  readonly logoutMs: number | null
}

/** Of these agents, whatever the login. */
export async function readOpenStates(
  tx: Transaction<DB>,
  agentIds: readonly string[],
): Promise<Map<string, OpenStates>> {
  if (agentIds.length === 0) return new Map()
  const { rows } = await sql<{ agent_id: string; since: Date; logout: Date | null }>`
    select i.agent_id, min(i.start_time) as since, max(s.logout_time) as logout
    from journey.agent_state_interval i left join journey.agent_session s using (agent_session_id)
    where i.agent_id = any(${[...agentIds]}::uuid[]) and coalesce(i.end_time, timestamptz 'infinity') = 'infinity'
      and not i.is_deleted
    group by i.agent_id`.execute(tx)
  return new Map(
    rows.map((row) => [row.agent_id, { sinceMs: row.since.getTime(), logoutMs: row.logout?.getTime() ?? null }]),
  )
}

export function stretchRow({ agentId, fromMs, toMs }: AgentTimeStretch) {
  return { agent_id: agentId, from_time: new Date(fromMs), to_time: new Date(toMs) }
}
