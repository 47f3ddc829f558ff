import { sql } from 'kysely'
import type { MapperWorld } from '../testing/mapper-world.testing.ts'
import { MINUTE, TEN } from '../testing/records.testing.ts'

/** What the source's agents did, all together: minutes after ten, state, seconds. */
export async function activitySums(world: MapperWorld): Promise<[number, string, number][]> {
  const { rows } = await sql<{ at: number; state: string; ms: number }>`
    select (extract(epoch from a.interval_time) * 1000)::bigint as at, s.source_state as state, a.activity_time_ms as ms
    from journey.activity a join journey.agent_status s using (agent_status_id)
    where a.data_source_id = ${world.source.dataSourceId} and not a.is_deleted order by 1, 2`.execute(world.db)
  return rows.map((row) => [(row.at - TEN) / MINUTE, row.state, row.ms / 1_000])
}

export interface ToldLogin {
  readonly id: string
  readonly isActive: boolean
  /** Minutes after ten. */
  readonly logout: number | null
  readonly evidence: string | null
}

export async function toldLogins(world: MapperWorld): Promise<ToldLogin[]> {
  const rows = await world.db
    .selectFrom('journey.agent_session')
    .select(['source_agent_session_id', 'is_active', 'logout_time', 'logout_evidence'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .orderBy('source_agent_session_id')
    .execute()
  return rows.map((row) => ({
    id: row.source_agent_session_id,
    isActive: row.is_active,
    logout: row.logout_time === null ? null : (row.logout_time.getTime() - TEN) / MINUTE,
    evidence: row.logout_evidence,
  }))
}
