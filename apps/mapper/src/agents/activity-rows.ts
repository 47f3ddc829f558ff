import type { Login } from '@wxcc/db/journey/agent-logins'
import type { StoredInterval } from '@wxcc/db/journey/agent-activity'
import type { ActivityRow } from '@wxcc/db/journey/fact-tables'
import type { MapperJob } from '../mapper-job.ts'
import { agentActivity, type TimeRange } from '../rules/agent-time/agent-activity.ts'
import type { AgentStateTable } from '../rules/agent-time/agent-states.ts'
import { slotIntervals } from '../rules/agent-time/slot-intervals.ts'

/** Closed states count wherever they end; only open ones are cut, by the end of their login. */
const NEVER_MS = 8_640_000_000_000_000

/**
 * Pure: the activity of these logins `within` a range. A login still open ends at the agent's next one, else at `untilMs`, the time up to
 * which agent time is complete (mapping ruling 26); with `untilMs` null its open states do not count yet.
 */
export function activityRows(
  job: Pick<MapperJob, 'ids' | 'source'> & { readonly table: AgentStateTable },
  logins: readonly Login[],
  intervals: readonly StoredInterval[],
  { within, untilMs }: { readonly within: TimeRange; readonly untilMs: number | null },
): ActivityRow[] {
  const { ids, source, table } = job
  const bySession = Map.groupBy(intervals, (interval) => interval.agentSessionId)
  const stretches = logins.flatMap((login) => {
    const endMs = login.endMs ?? untilMs
    const slots = Map.groupBy(bySession.get(login.agentSessionId) ?? [], (interval) => interval.sourceChannelId)
    return [...slots.entries()].flatMap(([channelId, states]) => {
      const activities = states
        .filter((state) => state.endMs !== null || endMs !== null)
        .map((state) => ({
          id: state.sourceActivityId,
          state: state.sourceState,
          startTime: state.startMs,
          endTime: state.endMs,
          idleCode: { id: state.idleCodeId, name: state.statusName },
        }))
      return slotIntervals({ agentId: login.agentId, channelId, sessionEndMs: endMs, activities }, NEVER_MS, table)
    })
  })
  return agentActivity(stretches, table, within).rows.map((row) => {
    const statusId = ids.agentStatus(row.source_state, row.source_idle_code_id)
    return {
      activity_id: ids.activity(row.source_agent_id, statusId, row.interval_time_ms),
      data_source_id: source.dataSourceId,
      agent_id: row.source_agent_id,
      agent_status_id: statusId,
      interval_time: new Date(row.interval_time_ms),
      availability: row.availability,
      activity_type: 'Agent Activity',
      activity_time_ms: row.activity_time_ms,
      available_capacity_ms: row.available_capacity_ms,
      consumed_capacity_ms: row.consumed_capacity_ms,
      scheduled_time_ms: null,
    }
  })
}
