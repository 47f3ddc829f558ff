import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'

/** A moment at which an agent did not take an offer, as the agent's own records say (state `not-responding`). */
export interface NotRespondingRow {
  readonly agentId: string
  readonly startMs: number
  readonly taskId: string | null
}

/** A login of an agent; `logoutMs` null while it lasts. */
export interface SessionSpan {
  readonly agentId: string
  readonly loginMs: number
  readonly logoutMs: number | null
}

interface Stretch {
  readonly dataSourceId: number
  readonly agentIds: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

/** Read after `lockSource`, so that no agent record of this source can arrive unseen. */
export async function readNotResponding(tx: Transaction<DB>, stretch: Stretch): Promise<NotRespondingRow[]> {
  if (stretch.agentIds.length === 0) return []
  const { rows } = await sql<{ agent_id: string; start_time: Date; source_task_id: string | null }>`
    select i.agent_id, i.start_time, i.source_task_id
    from journey.agent_state_interval i join journey.agent_status s using (agent_status_id)
    where i.agent_id = any(${[...stretch.agentIds]}::uuid[]) and s.source_state = 'not-responding' and not i.is_deleted
      and i.start_time between ${new Date(stretch.fromMs)} and ${new Date(stretch.toMs)}
    order by i.agent_id, i.start_time`.execute(tx)
  return rows.map((row) => ({ agentId: row.agent_id, startMs: row.start_time.getTime(), taskId: row.source_task_id }))
}

/** Logins of these agents that overlap the stretch. */
export async function readSessionSpans(tx: Transaction<DB>, stretch: Stretch): Promise<SessionSpan[]> {
  if (stretch.agentIds.length === 0) return []
  const rows = await tx
    .selectFrom('journey.agent_session')
    .select(['agent_id', 'login_time', 'logout_time'])
    .where('data_source_id', '=', stretch.dataSourceId)
    .where('agent_id', 'in', [...stretch.agentIds])
    .where('is_deleted', '=', false)
    .where('login_time', '<=', new Date(stretch.toMs))
    .where((eb) => eb.or([eb('logout_time', 'is', null), eb('logout_time', '>=', new Date(stretch.fromMs))]))
    .execute()
  return rows.map((row) => ({
    agentId: row.agent_id,
    loginMs: row.login_time.getTime(),
    logoutMs: row.logout_time?.getTime() ?? null,
  }))
}

/**
 * Tasks with an offer that these agents did not take and that ended within the agent's own stretch: what the agents' new records may explain.
 */
export async function findUnansweredTasks(
  db: Transaction<DB>,
  dataSourceId: number,
  stretches: readonly { readonly agentId: string; readonly fromMs: number; readonly toMs: number }[],
): Promise<string[]> {
  if (stretches.length === 0) return []
  const json = JSON.stringify(
    stretches.map((s) => ({ agent_id: s.agentId, from_time: new Date(s.fromMs), to_time: new Date(s.toMs) })),
  )
  const { rows } = await sql<{ source_task_id: string }>`
    select distinct c.source_task_id
    from json_to_recordset(${json}::json) as x(agent_id uuid, from_time timestamptz, to_time timestamptz)
    join journey.engagement e on e.agent_id = x.agent_id and e.engagement_type = 'Invitation' and not e.is_deleted
      and e.end_time between x.from_time and x.to_time
      -- Bounds for the index; no offer rings for a day.
      and e.start_time between x.from_time - interval '1 day' and x.to_time and e.data_source_id = ${dataSourceId}
    join journey.conversation c using (conversation_id, conversation_start_time)
    order by 1`.execute(db)
  return rows.map((row) => row.source_task_id)
}
