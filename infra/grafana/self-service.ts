import { completeUntil, type Dashboard, inDaysShown, type Panel } from './panel.ts'

const SHOWN = `m.data_source_id = $source and ${inDaysShown('m.date_key')}`
const DAY = 'join bi.dim_source_day d using (data_source_id, date_key)'
const CONTAINMENT = 'sum(m.contained)::float / nullif(sum(m.menu_conversations), 0)'

const tile = (title: string, description: string, unit: Panel['unit'], value: string, view: string): Panel => ({
  title,
  description,
  kind: 'tile',
  unit,
  sql: `select ${value} as value from bi.${view} m where ${SHOWN}`,
})

/** What customers got done without an agent. */
export const SELF_SERVICE: Dashboard = {
  uid: 'wxcc-self-service',
  title: 'Self-service',
  description: 'Flows and virtual agents, by the local day on which the contact began.',
  choices: [],
  rows: [
    [
      completeUntil('tasks_complete_until', 'Contacts'),
      tile(
        'Conversations',
        'That met a flow or a virtual agent.',
        'short',
        'sum(m.menu_conversations)',
        'metric_self_service',
      ),
      tile(
        'Containment',
        'Ended there, without a queue or an agent.',
        'percentunit',
        CONTAINMENT,
        'metric_self_service',
      ),
      tile(
        'Menu time',
        'Time in flows before a queue, an agent or the end.',
        'ms',
        'sum(m.menu_time_ms)',
        'metric_seed_daily',
      ),
      tile(
        'Left in the menu',
        'By the customer, as Webex says.',
        'short',
        'sum(m.menu_abandoned)',
        'metric_self_service',
      ),
      tile(
        'Callbacks reached',
        'Of those asked for and closed.',
        'percentunit',
        'sum(m.callbacks_reached)::float / nullif(sum(m.callbacks) - sum(m.callbacks_open), 0)',
        'metric_callback',
      ),
    ],
    [
      {
        title: 'Containment per day',
        description: 'Contained conversations of those that met a flow.',
        kind: 'series',
        unit: 'percentunit',
        sql: `select d.starts_at as time, ${CONTAINMENT} as containment from bi.metric_self_service m ${DAY} where ${SHOWN} group by 1 order by 1`,
      },
      {
        title: 'Menu time per day',
        description: 'Announcements inside a queue are wait time; surveys after the call are left out.',
        kind: 'series',
        unit: 'ms',
        sql: `select d.starts_at as time, m.menu_time_ms as menu_time from bi.metric_seed_daily m ${DAY} where ${SHOWN} order by 1`,
      },
    ],
    [
      {
        title: 'By entry point',
        description: 'Where contacts came in, and how many needed nobody.',
        kind: 'table',
        unit: 'short',
        units: { menu_time: 'ms', containment: 'percentunit' },
        sql: `select e.entry_point_name, m.channel_type, sum(m.menu_conversations) as conversations, sum(m.contained) as contained, ${CONTAINMENT} as containment,
  sum(m.menu_abandoned) as left_in_menu, sum(m.menu_time_ms) as menu_time
from bi.metric_self_service m join bi.dim_entry_point e using (entry_point_id) where ${SHOWN} group by 1, 2 order by 3 desc`,
      },
    ],
  ],
}
