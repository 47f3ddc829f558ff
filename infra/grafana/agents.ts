import { completeUntil, type Dashboard, inDaysShown, type Panel } from './panel.ts'

const FROM = `from bi.metric_agent_daily m where m.data_source_id = $source and ${inDaysShown('m.date_key')}`
const WORKED = 'sum(m.busy_time_ms + m.state_wrap_up_time_ms)'
const OCCUPANCY = `${WORKED}::float / nullif(${WORKED} + sum(m.available_time_ms), 0)`

const tile = (title: string, description: string, unit: Panel['unit'], value: string): Panel => ({
  title,
  description,
  kind: 'tile',
  unit,
  sql: `select ${value} as value ${FROM}`,
})
const withDay = FROM.replace('m where', 'm join bi.dim_source_day d using (data_source_id, date_key) where')

/** What agents did, and how they spent their time. */
export const AGENTS: Dashboard = {
  uid: 'wxcc-agents',
  title: 'Agents',
  description: 'Engagements by the day on which they began, and time per state, in the time zone of the data source.',
  choices: [],
  rows: [
    [
      completeUntil('agent_time_complete_until', 'Agent time'),
      completeUntil('tasks_complete_until', 'Contacts'),
      tile('Agent engagements', 'A transferred call counts at each agent.', 'short', 'sum(m.agent_engagements)'),
      tile(
        'Engagement time',
        'Connected until the agent left; hold included, wrap-up excluded.',
        'ms',
        'sum(m.engagement_time_ms)',
      ),
      tile('Available time', 'Time in the group Available, all channels as one.', 'ms', 'sum(m.available_time_ms)'),
      tile('Occupancy', '(Busy + Wrap Up) / (Busy + Wrap Up + Available).', 'percentunit', OCCUPANCY),
    ],
    [
      {
        title: 'Time per state and day',
        description: 'From the states of agents, never from sums of engagements, which overlap.',
        kind: 'stacked',
        unit: 'ms',
        sql: `select d.starts_at as time, sum(m.available_time_ms) as available, sum(m.busy_time_ms) as busy, sum(m.state_wrap_up_time_ms) as wrap_up,
  sum(m.idle_time_ms) as idle, sum(m.not_responding_time_ms) as not_responding
${withDay} group by 1 order by 1`,
      },
      {
        title: 'Invitations per day',
        description: 'Offers that were missed or rejected, and those of them that rang out.',
        kind: 'series',
        unit: 'short',
        sql: `select d.starts_at as time, sum(m.invitations) as invitations, sum(m.missed_invitations) as missed_invitations
${withDay} group by 1 order by 1`,
      },
    ],
    [
      {
        title: 'By agent',
        description: 'Queue and menu metrics belong to no agent.',
        kind: 'table',
        unit: 'ms',
        units: {
          agent_engagements: 'short',
          invitations: 'short',
          missed_invitations: 'short',
          transfers_out: 'short',
          occupancy: 'percentunit',
        },
        sql: `select a.agent_name, a.current_team_name, sum(m.agent_engagements) as agent_engagements, sum(m.engagement_time_ms) as engagement_time,
  sum(m.hold_time_ms) as hold_time, sum(m.wrap_up_time_ms) as wrap_up_time, sum(m.transfers_out) as transfers_out,
  sum(m.invitations) as invitations, sum(m.missed_invitations) as missed_invitations, sum(m.available_time_ms) as available_time,
  sum(m.logged_in_time_ms) as logged_in_time, ${OCCUPANCY} as occupancy
${FROM.replace('m where', 'm join bi.dim_agent a using (agent_id) where')} group by 1, 2 order by 3 desc`,
      },
    ],
    [
      {
        title: 'Outcomes',
        description: 'Wrap-up codes that agents chose, and the time they took.',
        kind: 'table',
        unit: 'short',
        units: { wrap_up_time: 'ms' },
        sql: `select o.outcome_name, count(*) as agent_engagements, sum(e.wrap_up_time_ms) as wrap_up_time
from bi.fact_engagement e join bi.dim_outcome o using (outcome_id)
where e.data_source_id = $source and e.engagement_type = 'Agent' and $__timeFilter(e.start_time)
  and e.conversation_start_time <= $__timeTo()::timestamptz group by 1 order by 2 desc`,
      },
    ],
  ],
}
