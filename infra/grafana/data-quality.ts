import { completeUntil, type Dashboard, inDaysShown, type Panel } from './panel.ts'

const SHOWN = `m.data_source_id = $source and ${inDaysShown('m.date_key')}`
const RECONCILED = 'sum(m.reconciled)::float / nullif(sum(m.conversations), 0)'

const tile = (title: string, description: string, unit: Panel['unit'], sql: string): Panel => ({
  title,
  description,
  kind: 'tile',
  unit,
  sql,
})

/** Whether the figures of the other dashboards may be trusted. */
export const DATA_QUALITY: Dashboard = {
  uid: 'wxcc-data-quality',
  title: 'Data quality',
  description: 'What is loaded, what is proved, and how our figures compare with Webex’s own.',
  choices: [],
  rows: [
    [
      completeUntil('tasks_complete_until', 'Contacts'),
      completeUntil('agent_time_complete_until', 'Agent time'),
      tile(
        'Reconciled',
        'Finished conversations that agree with Webex’s own totals.',
        'percentunit',
        `select ${RECONCILED} as value from bi.qa_reconciliation_daily m where ${SHOWN}`,
      ),
      tile(
        'Recordings stored',
        'Of those that should exist.',
        'percentunit',
        `select sum(m.recordings_stored)::float / nullif(sum(m.recordings_expected), 0) as value from bi.metric_recording_coverage m where ${SHOWN}`,
      ),
      tile(
        'Quarter hours with a finding',
        'Stored and counted differ, or the vendor refused.',
        'short',
        `select count(*) as value from bi.completeness_window where data_source_id = $source and finding is not null and $__timeFilter(window_start)`,
      ),
      tile(
        'Rows without a month',
        'In default partitions, over all sources; anything but 0 is a fault.',
        'short',
        'select sum(rows) as value from bi.qa_default_partitions',
      ),
    ],
    [
      {
        title: 'Completeness per day',
        description: 'UTC days. Complete: all quarter hours proved, no contact open, agent time complete.',
        kind: 'table',
        unit: 'short',
        sql: `select day::text as day, is_complete, task_windows_verified, task_windows, session_windows_verified, session_windows, tasks_expected, tasks_stored, tasks_open
from bi.completeness where data_source_id = $source and day between ($__timeFrom()::timestamptz at time zone 'UTC')::date and ($__timeTo()::timestamptz at time zone 'UTC')::date
order by 1 desc`,
      },
      {
        title: 'Quarter hours that are not proved',
        description: 'With what is wrong with them, if anything.',
        kind: 'table',
        unit: 'short',
        sql: `select window_start, stream, state, expected, stored, incomplete, open_records, finding from bi.completeness_window
where data_source_id = $source and state not in ('verified', 'sealed') and $__timeFilter(window_start) order by 1 desc, 2 limit 500`,
      },
    ],
    [
      {
        title: 'Reconciled per day',
        description: 'By the local day of the conversation.',
        kind: 'series',
        unit: 'percentunit',
        sql: `select d.starts_at as time, ${RECONCILED} as reconciled from bi.qa_reconciliation_daily m
join bi.dim_source_day d using (data_source_id, date_key) where ${SHOWN} group by 1 order by 1`,
      },
      {
        title: 'Recordings per day',
        description: 'By the local day of the conversation.',
        kind: 'series',
        unit: 'short',
        sql: `select d.starts_at as time, m.recordings_expected, m.recordings_stored, m.recordings_pending, m.recordings_missing
from bi.metric_recording_coverage m join bi.dim_source_day d using (data_source_id, date_key) where ${SHOWN} order by 1`,
      },
    ],
    [
      {
        title: 'Conversations that do not agree with Webex',
        description: 'Ours minus Webex’s totals.',
        kind: 'table',
        unit: 'ms',
        sql: `select conversation_start_time, source_task_id, reason, connected_diff_ms, hold_diff_ms, queue_diff_ms, ringing_diff_ms, wrap_up_diff_ms, menu_diff_ms, is_car_complete
from bi.qa_task_reconciliation where data_source_id = $source and not is_reconciled and $__timeFilter(conversation_start_time) order by 1 desc limit 200`,
      },
    ],
  ],
}
