import { completeUntil, type Dashboard, type Panel } from './panel.ts'

const SHOWN = `data_source_id = $source and $__timeFilter(interval_start_time) and queue_id::text in (\${queue:sqlstring})`
const FROM = `from bi.metric_queue_interval where ${SHOWN}`
const SERVICE_LEVEL = 'sum(service_level_met)::float / nullif(sum(service_level_eligible), 0)'
const SPEED_OF_ANSWER = 'sum(answer_wait_time_ms) / nullif(sum(answered), 0)'
const ABANDON_RATE =
  '(sum(abandoned) - sum(short_abandoned))::float / nullif(sum(queue_engagements) - sum(short_abandoned), 0)'

const tile = (title: string, description: string, unit: Panel['unit'], value: string): Panel => ({
  title,
  description,
  kind: 'tile',
  unit,
  sql: `select ${value} as value ${FROM}`,
})

/** Volume, wait, abandonment and service level of queues. */
export const QUEUES: Dashboard = {
  uid: 'wxcc-queues',
  title: 'Queues',
  description: 'Entries into queues, by the quarter hour in which they began.',
  choices: [
    {
      name: 'queue',
      label: 'Queue',
      sql: 'select queue_name as __text, queue_id as __value from bi.dim_queue where data_source_id = $source order by 1',
    },
  ],
  rows: [
    [
      completeUntil('tasks_complete_until', 'Contacts'),
      tile('Queue engagements', 'Entries, abandoned ones included.', 'short', 'sum(queue_engagements)'),
      tile('Answered', 'Entries that an agent answered.', 'short', 'sum(answered)'),
      tile('Abandon rate', 'Without those left within the short-abandon threshold.', 'percentunit', ABANDON_RATE),
      tile('Service level', 'Answered within the threshold, of those that count.', 'percentunit', SERVICE_LEVEL),
      tile('Speed of answer', 'Average wait of the answered, ringing included.', 'ms', SPEED_OF_ANSWER),
    ],
    [
      {
        title: 'Entries per quarter hour',
        description: 'Answered and abandoned entries; the rest moved on, asked for a callback or still wait.',
        kind: 'series',
        unit: 'short',
        sql: `select interval_start_time as time, sum(queue_engagements) as entries, sum(answered) as answered, sum(abandoned) as abandoned
${FROM} group by 1 order by 1`,
      },
      {
        title: 'Wait per quarter hour',
        description: 'Average of the answered entries, and the longest of all.',
        kind: 'series',
        unit: 'ms',
        sql: `select interval_start_time as time, ${SPEED_OF_ANSWER} as speed_of_answer, max(max_wait_time_ms) as longest_wait
${FROM} group by 1 order by 1`,
      },
    ],
    [
      {
        title: 'By queue',
        description: 'Ratios are those of the sums.',
        kind: 'table',
        unit: 'short',
        units: {
          abandon_rate: 'percentunit',
          service_level: 'percentunit',
          speed_of_answer: 'ms',
          longest_wait: 'ms',
          wait_all: 'ms',
        },
        sql: `select queue_name, m.channel_type, sum(queue_engagements) as entries, sum(answered) as answered, sum(abandoned) as abandoned,
  ${ABANDON_RATE} as abandon_rate, ${SERVICE_LEVEL} as service_level, ${SPEED_OF_ANSWER} as speed_of_answer,
  max(max_wait_time_ms) as longest_wait, sum(wait_time_all_ms) as wait_all
from (select * ${FROM}) m join bi.dim_queue using (queue_id) group by 1, 2 order by 3 desc`,
      },
    ],
    [
      {
        title: 'Invitations by queue',
        description: 'Offers from the queue that agents missed or declined, and the engagements that came of it.',
        kind: 'table',
        unit: 'short',
        units: { engagement_time: 'ms', wrap_up_time: 'ms' },
        sql: `select queue_name, sum(agent_engagements) as agent_engagements, sum(engagement_time_ms) as engagement_time, sum(wrap_up_time_ms) as wrap_up_time,
  sum(invitations) as invitations, sum(missed_invitations) as missed_invitations
from (select * ${FROM}) m join bi.dim_queue using (queue_id) group by 1 order by 2 desc`,
      },
    ],
  ],
}
