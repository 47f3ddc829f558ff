import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { type AgentTimeStretch, type Login, stretchRow } from './agent-logins.ts'
import { activityFacts, type ActivityRow } from './fact-tables.ts'
import { upsertFacts } from './facts.ts'
import { inStatements } from './recordset.ts'

/** A held state, with what the rules need to know of it. */
export interface StoredInterval {
  readonly sourceActivityId: string
  /** Place of its stretch. */
  readonly stretch: number
  readonly agentSessionId: string
  readonly sourceChannelId: string
  readonly sourceState: string
  readonly idleCodeId: string
  readonly statusName: string
  readonly startMs: number
  /** Null while it lasts; where its end was not told, the beginning of the slot's next state. */
  readonly endMs: number | null
}

/**
 * The held states of these logins that begin before their stretch ends and last until `readFromMs` of it or longer, in order. What ended earlier
 * is left out, so that an agent who has been logged in for days costs no more than another.
 */
export async function readIntervalsOf(
  tx: Transaction<DB>,
  logins: readonly Login[],
  stretches: readonly (AgentTimeStretch & { readonly readFromMs: number })[],
): Promise<StoredInterval[]> {
  const asked = logins.map((login) => ({
    place: login.stretch,
    agent_id: login.agentId,
    agent_session_id: login.agentSessionId,
    login_time: new Date(login.loginMs),
    from_time: new Date(stretches[login.stretch]!.readFromMs),
    to_time: new Date(stretches[login.stretch]!.toMs),
  }))
  const intervals: StoredInterval[] = []
  for (const json of inStatements(asked)) {
    // Clocks of the vendor's parts may differ, so a state may begin before its login; the day also spares most partitions.
    const { rows } = await sql<{
      place: number
      source_activity_id: string
      agent_session_id: string
      source_channel_id: string
      source_state: string
      source_idle_code_id: string
      name: string
      start_time: Date
      end_time: Date | null
    }>`
      select x.place, i.source_activity_id, i.agent_session_id, i.source_channel_id, s.source_state, s.source_idle_code_id, s.name,
        i.start_time, coalesce(i.end_time, n.start_time) as end_time
      from json_to_recordset(${json}::json) as x(place int, agent_id uuid, agent_session_id uuid, login_time timestamptz,
        from_time timestamptz, to_time timestamptz)
      join journey.agent_state_interval i on i.agent_id = x.agent_id and i.agent_session_id = x.agent_session_id
        and i.start_time >= x.login_time - interval '1 day' and i.start_time < x.to_time
        and coalesce(i.end_time, timestamptz 'infinity') >= x.from_time and not i.is_deleted
      join journey.agent_status s using (agent_status_id)
      left join lateral (
        select min(f.start_time) as start_time
        from journey.agent_state_interval f join journey.agent_status t using (agent_status_id)
        where i.end_time is null and f.agent_id = i.agent_id and f.agent_session_id = i.agent_session_id
          and f.source_channel_id = i.source_channel_id and t.state_group <> 'Ignored' and not f.is_deleted
          and f.start_time >= i.start_time and (f.start_time > i.start_time
            or (f.end_time is null and f.source_activity_id collate "C" > i.source_activity_id collate "C"))) n on true
      order by i.start_time, i.source_activity_id collate "C"`.execute(tx)
    for (const row of rows) {
      intervals.push({
        stretch: row.place,
        sourceActivityId: row.source_activity_id,
        agentSessionId: row.agent_session_id,
        sourceChannelId: row.source_channel_id,
        sourceState: row.source_state,
        idleCodeId: row.source_idle_code_id,
        statusName: row.name,
        startMs: row.start_time.getTime(),
        endMs: row.end_time?.getTime() ?? null,
      })
    }
  }
  return intervals
}

/** Replaces the agents' activity within these stretches, which lie on quarter hours; rows no longer derived become tombstones. */
export async function replaceActivity(
  tx: Transaction<DB>,
  stretches: readonly AgentTimeStretch[],
  rows: readonly ActivityRow[],
  fetchId: number,
): Promise<void> {
  await upsertFacts(tx, activityFacts, rows, fetchId)
  const derived = rows.map((row) => row.activity_id)
  for (const json of inStatements(stretches.map(stretchRow))) {
    await sql`
      update journey.activity a set is_deleted = true, fetch_id = ${fetchId}, updated_at = now()
      from json_to_recordset(${json}::json) as x(agent_id uuid, from_time timestamptz, to_time timestamptz)
      where a.agent_id = x.agent_id and a.interval_time >= x.from_time and a.interval_time < x.to_time and not a.is_deleted
        and a.activity_id <> all(${derived}::uuid[])`.execute(tx)
  }
}
