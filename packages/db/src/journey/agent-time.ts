import { type Selectable, type Transaction, sql } from 'kysely'
import type { DB, JourneyAgentSession } from '../schema.ts'
import { inStatements } from './recordset.ts'

/** What decides whether a newer copy of an agent's state replaces the held one. */
export interface HeldInterval {
  readonly sourceActivityId: string
  readonly startTime: Date
  readonly endTime: Date | null
  readonly rowHash: Buffer | null
}

/** The held sessions among these, by the vendor's id. */
export async function readSessions(
  tx: Transaction<DB>,
  dataSourceId: number,
  sourceSessionIds: readonly string[],
): Promise<Map<string, Selectable<JourneyAgentSession>>> {
  if (sourceSessionIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('journey.agent_session')
    .selectAll()
    .where('data_source_id', '=', dataSourceId)
    .where('source_agent_session_id', 'in', [...sourceSessionIds])
    .execute()
  return new Map(rows.map((row) => [row.source_agent_session_id, row]))
}

/** The held intervals among these, by the vendor's id; looked for where they begin, since the table is partitioned by that. */
export async function readHeldIntervals(
  tx: Transaction<DB>,
  dataSourceId: number,
  wanted: readonly { readonly source_activity_id: string; readonly start_time: Date | string }[],
): Promise<Map<string, HeldInterval>> {
  if (wanted.length === 0) return new Map()
  const starts = wanted.map((row) => new Date(row.start_time).getTime())
  const { rows } = await sql<{ source_activity_id: string; start_time: Date; end_time: Date | null; row_hash: Buffer }>`
    select source_activity_id, start_time, end_time, row_hash from journey.agent_state_interval
    where data_source_id = ${dataSourceId}
      and source_activity_id = any(${wanted.map((row) => row.source_activity_id)}::text[])
      and start_time between ${new Date(starts.reduce((a, b) => Math.min(a, b)))}
        and ${new Date(starts.reduce((a, b) => Math.max(a, b)))}`.execute(tx)
  return new Map(
    rows.map((row) => [
      row.source_activity_id,
      {
        sourceActivityId: row.source_activity_id,
        startTime: row.start_time,
        endTime: row.end_time,
        rowHash: row.row_hash,
      },
    ]),
  )
}

/** How many intervals are held of each channel of these sessions. */
export async function countHeldIntervals(
  tx: Transaction<DB>,
  sessions: readonly {
    readonly agent_session_id: string
    readonly agent_id: string
    readonly login_time: Date | string
    readonly logout_time: Date | string | null
  }[],
): Promise<Map<string, Map<string, number>>> {
  const counts = new Map<string, Map<string, number>>()
  for (const json of inStatements(sessions)) {
    // Time narrows the search to a few partitions; a day of slack, since clocks of the vendor's parts may differ.
    const { rows } = await sql<{ agent_session_id: string; source_channel_id: string; held: number }>`
      select i.agent_session_id, i.source_channel_id, count(*)::int as held
      from json_to_recordset(${json}::json)
        as x(agent_session_id uuid, agent_id uuid, login_time timestamptz, logout_time timestamptz)
      join journey.agent_state_interval i on i.agent_id = x.agent_id and i.agent_session_id = x.agent_session_id
        and not i.is_deleted and i.start_time >= x.login_time - interval '1 day'
        and i.start_time <= coalesce(x.logout_time, 'infinity') + interval '1 day'
      group by 1, 2`.execute(tx)
    for (const row of rows) {
      const channels = counts.get(row.agent_session_id) ?? new Map<string, number>()
      counts.set(row.agent_session_id, channels.set(row.source_channel_id, row.held))
    }
  }
  return counts
}

/**
 * How far agent time is complete, for cutting what is still open (mapping ruling 26): the farthest of the stored watermark and every change
 * pass already mapped. Null when no pass has been mapped.
 */
export async function readAgentTimeUntil(tx: Transaction<DB>, dataSourceId: number): Promise<number | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select greatest(
      (select complete_until from etl.watermark where data_source_id = ${dataSourceId} and pass = 'agent_time'),
      (select max(range_end) from etl.fetch where data_source_id = ${dataSourceId} and stream = 'agent_session'
        and kind = 'span' and reason = 'change' and state = 'mapped')) as until`.execute(tx)
  return rows[0]?.until?.getTime() ?? null
}
