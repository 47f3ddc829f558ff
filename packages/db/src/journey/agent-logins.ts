import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'

/** A login with the agent's next one: a person holds one at a time, so an open one ends there at the latest. */
export interface Login {
  readonly agentSessionId: string
  readonly agentId: string
  readonly loginMs: number
  readonly logoutMs: number | null
  readonly nextLoginMs: number | null
}

interface AgentStretch {
  readonly agentIds: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

/** Logins of these agents that overlap `[fromMs, toMs)`. */
export async function readLogins(tx: Transaction<DB>, stretch: AgentStretch): Promise<Login[]> {
  const { rows } = await sql<{
    agent_session_id: string
    agent_id: string
    login_time: Date
    logout_time: Date | null
    next_login: Date | null
  }>`
    select * from (
      select agent_session_id, agent_id, login_time, logout_time,
        lead(login_time) over (partition by agent_id order by login_time, agent_session_id) as next_login
      from journey.agent_session where agent_id = any(${[...stretch.agentIds]}::uuid[]) and not is_deleted) s
    where login_time < ${new Date(stretch.toMs)} and (logout_time is null or logout_time > ${new Date(stretch.fromMs)})
    order by agent_id, login_time`.execute(tx)
  return rows.map((row) => ({
    agentSessionId: row.agent_session_id,
    agentId: row.agent_id,
    loginMs: row.login_time.getTime(),
    logoutMs: row.logout_time?.getTime() ?? null,
    nextLoginMs: row.next_login?.getTime() ?? null,
  }))
}

/** Agents of this source who are logged in, as far as is known. */
export async function readLoggedInAgents(tx: Transaction<DB>, dataSourceId: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('journey.agent_session')
    .select('agent_id')
    .distinct()
    .where('data_source_id', '=', dataSourceId)
    .where('is_active', '=', true)
    .where('is_deleted', '=', false)
    .orderBy('agent_id')
    .execute()
  return rows.map((row) => row.agent_id)
}

/** Since when each of these agents, in a login that lasts, has been in a state whose end is not known. */
export async function readOpenSince(tx: Transaction<DB>, agentIds: readonly string[]): Promise<Map<string, number>> {
  if (agentIds.length === 0) return new Map()
  const { rows } = await sql<{ agent_id: string; since: Date }>`
    select i.agent_id, min(i.start_time) as since
    from journey.agent_session s
    join journey.agent_state_interval i on i.agent_id = s.agent_id and i.agent_session_id = s.agent_session_id
      and i.start_time >= s.login_time - interval '1 day' and i.end_time is null and not i.is_deleted
    where s.agent_id = any(${[...agentIds]}::uuid[]) and s.is_active and not s.is_deleted
    group by i.agent_id`.execute(tx)
  return new Map(rows.map((row) => [row.agent_id, row.since.getTime()]))
}
