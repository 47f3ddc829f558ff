import { columnsOf, type ColumnSpec, dateKey, defineView, type BiView } from '../view.ts'

const freshness = defineView({
  name: 'freshness',
  comment: 'How far each data source is complete, and up to which updated_at an incremental extraction may read.',
  grain: 'data source',
  columns: columnsOf([
    ['data_source_id', 'Data source.', 'ds.data_source_id'],
    [
      'tasks_complete_until',
      'UTC. All contacts created before are stored, and counted against the source’s own figures. Null for an imported source.',
      `(select coalesce(min(w.window_start) filter (where w.state not in ('verified', 'sealed', 'expired')), max(w.window_start) + interval '15 minutes')
    from etl.load_window w where w.data_source_id = ds.data_source_id and w.stream = 'task')`,
    ],
    [
      'agent_time_complete_until',
      'UTC. Agent time is complete up to here; open logins are cut here.',
      `(select m.complete_until from etl.watermark m where m.data_source_id = ds.data_source_id and m.pass = 'agent_time')`,
    ],
    [
      'safe_until',
      'UTC. Read sync_ views with updated_at up to here, itself included: nothing that old can still be written. Ask for it in a statement of its own, before the rows.',
      'etl.safe_until()',
    ],
  ]),
  from: 'etl.data_source ds',
})

const completenessWindow = defineView({
  name: 'completeness_window',
  comment: 'The proof behind bi.completeness: what the source counts and what is stored, for every quarter hour.',
  grain: 'data source, stream and quarter hour',
  columns: columnsOf([
    ['data_source_id', 'Data source.', 'w.data_source_id'],
    ['stream', 'task, agent_session or task_leg.', 'w.stream'],
    ['window_start', 'UTC.', 'w.window_start'],
    ['window_end', 'UTC, 15 minutes later.', `w.window_start + interval '15 minutes'`],
    ['state', 'planned, loaded, verified, sealed, short, over, failed or expired.', 'w.state'],
    ['expected', 'Records that the source counts.', 'w.expected'],
    ['expected_at', 'When it was asked, UTC.', 'w.expected_at'],
    ['stored', 'Records that are stored.', 'w.stored'],
    ['stored_at', 'When they were counted, UTC.', 'w.stored_at'],
    ['incomplete', 'Stored records of which activities are missing.', 'w.incomplete'],
    ['open_records', 'Stored records that were still in progress when they were counted.', 'w.open_records'],
    ['expected_duration_ms', 'Sum of totalDuration as the source tells it, ms. Tasks only.', 'w.expected_duration_ms'],
    ['stored_duration_ms', 'The same of what is stored, ms.', 'w.stored_duration_ms'],
    ['expected_activity_at', 'Latest change as the source tells it, UTC. Tasks only.', 'w.expected_activity_at'],
    ['stored_activity_at', 'The same of what is stored, UTC.', 'w.stored_activity_at'],
    [
      'finding',
      'What is wrong with it, if anything: rows_missing, rows_extra, activities_missing, content_differs or a failure code.',
      'w.finding',
    ],
    [
      'tracking_ids',
      'TrackingIds of the answers that the finding rests on, separated by spaces; for a case with the vendor.',
      `array_to_string(w.tracking_ids, ' ')`,
    ],
    ['next_check_at', 'When it is looked at again, UTC; null when it is sealed.', 'w.next_check_at'],
    [
      'sealed_at',
      'When its last check had passed, UTC. From then on only the daily count of the long watch can reopen it.',
      'w.sealed_at',
    ],
  ]),
  from: 'etl.load_window w',
})

const completeness = defineView({
  name: 'completeness',
  comment:
    'May I trust this day? is_complete is true when all three figures hold: contacts counted, none open, agent time complete; and never before the day is over.',
  grain: 'data source and UTC day',
  with: `with task as (
  select data_source_id, (window_start at time zone 'UTC')::date as day, count(*) as windows,
    count(*) filter (where state in ('verified', 'sealed')) as windows_verified,
    count(*) filter (where state = 'sealed') as windows_sealed,
    sum(expected) as tasks_expected, sum(stored) as tasks_stored, max(window_start) as last_window
  from etl.load_window where stream = 'task' group by 1, 2),
open as (
  select data_source_id, (conversation_start_time at time zone 'UTC')::date as day, count(*) as tasks
  from journey.conversation where status = 'In Progress' and not is_deleted group by 1, 2),
session as (
  select data_source_id, (window_start at time zone 'UTC')::date as day, count(*) as windows,
    count(*) filter (where state in ('verified', 'sealed')) as windows_verified
  from etl.load_window where stream = 'agent_session' group by 1, 2)`,
  columns: columnsOf([
    ['data_source_id', 'Data source.', 't.data_source_id'],
    ['day', 'UTC day.', 't.day'],
    ['task_windows', 'Quarter hours of the day that are loaded.', 't.windows'],
    ['task_windows_verified', 'Those whose contacts are proved complete.', 't.windows_verified'],
    ['task_windows_sealed', 'Those of them whose last check, three days later, has passed.', 't.windows_sealed'],
    ['session_windows', 'Quarter hours of logins that are loaded.', 's.windows'],
    ['session_windows_verified', 'Those proved complete.', 's.windows_verified'],
    ['tasks_expected', 'Contacts that the source counts.', 't.tasks_expected'],
    ['tasks_stored', 'Contacts that are stored.', 't.tasks_stored'],
    ['tasks_open', 'Contacts still in progress, now.', 'coalesce(o.tasks, 0)'],
    ['agent_time_complete_until', 'UTC. How far agent time is complete.', 'f.agent_time_complete_until'],
    [
      'is_complete',
      'True when the day is over, as far as it is loaded, and may be trusted.',
      `(t.windows = t.windows_verified and s.windows = s.windows_verified and coalesce(o.tasks, 0) = 0
    and f.agent_time_complete_until >= t.last_window + interval '15 minutes'
    and (t.last_window + interval '15 minutes' >= (t.day + 1)::timestamp at time zone 'UTC' or t.last_window + interval '30 minutes' > ds.load_until))`,
    ],
  ]),
  from: 'task t join bi.freshness f using (data_source_id) join etl.data_source ds using (data_source_id) left join session s using (data_source_id, day) left join open o using (data_source_id, day)',
})

/** Model §3.3 and mapping ruling 34. A blind hand-over's own step is the agent's to us and no talk to Webex: a second each. */
const TOLERANCE = '1000'
const within = (diff: string, tolerance = TOLERANCE) => `abs(${diff}) <= ${tolerance}`
const DIFFS: readonly (readonly [name: string, comment: string, sql: string, isOff: string])[] = [
  ['hold_diff_ms', 'Hold, ms.', 's.hold_ms - c.source_hold_ms', `not ${within('s.hold_ms - c.source_hold_ms')}`],
  [
    'queue_diff_ms',
    'Parked time against queueDuration, ms.',
    's.parked_ms - c.source_queue_ms',
    `not s.is_apart and not ${within('s.parked_ms - c.source_queue_ms')}`,
  ],
  [
    'ringing_diff_ms',
    'Ringing, ms. Offers that leave no row (left while ringing, unanswered outdial) are not compared.',
    's.ringing_ms - c.source_ringing_ms',
    `not s.is_apart and c.abandoned_stage is distinct from 'ringing' and not 'outdial_unanswered' = any(c.quality_flags) and not ${within('s.ringing_ms - c.source_ringing_ms')}`,
  ],
  [
    'wrap_up_diff_ms',
    'Wrap-up, that of no engagement included, ms.',
    's.wrap_up_ms + coalesce(c.wrap_up_time_ms, 0) - c.source_wrap_up_ms',
    `not ${within('s.wrap_up_ms + coalesce(c.wrap_up_time_ms, 0) - c.source_wrap_up_ms')}`,
  ],
  [
    'connected_diff_ms',
    'Talk against connectedDuration, ms.',
    's.talk_ms - c.source_connected_ms',
    `not s.is_apart and not ${within('s.talk_ms - c.source_connected_ms', `${TOLERANCE} * (1 + s.blind_transfers)`)}`,
  ],
  [
    'menu_diff_ms',
    'Menu of the entry phase against selfserviceDuration, ms.',
    's.menu_ms - c.source_self_service_ms',
    `not s.has_bot and not ${within('s.menu_ms - c.source_self_service_ms')}`,
  ],
]

/** What our rows of the task `c` add up to. Lateral: whoever asks for a day reads the engagements of that day. */
const SUMS = `  select
    coalesce(sum(e.hold_time_ms) filter (where e.engagement_type = 'Agent'), 0) as hold_ms,
    coalesce(sum(e.parked_time_ms) filter (where e.engagement_type = 'Queue'), 0) as parked_ms,
    coalesce(sum(e.invitation_time_ms) filter (where e.engagement_type in ('Agent', 'Invitation') and coalesce(e.transfer_in_type, 'queue') in ('queue', 'entry_point')
      and not exists (select from journey.engagement a where a.conversation_id = e.conversation_id and a.conversation_start_time = e.conversation_start_time
        and a.transfer_out_type = 'blind_agent' and not a.is_deleted and a.start_time + a.engagement_time_ms * interval '1 ms' = e.start_time)), 0) as ringing_ms,
    coalesce(sum(e.wrap_up_time_ms), 0) as wrap_up_ms,
    coalesce(sum(e.engagement_time_ms - coalesce(e.hold_time_ms, 0)) filter (where e.engagement_type = 'Agent'), 0) as talk_ms,
    coalesce(sum(e.menu_time_ms) filter (where e.menu_phase = 'entry'), 0) as menu_ms,
    count(*) filter (where e.engagement_type = 'Agent' and (e.transfer_out_type like 'blind%' or e.transfer_out_type = 'entry_point')) as blind_transfers,
    coalesce(bool_or(e.engagement_type = 'Agent'), false) as has_agent,
    coalesce(bool_or(e.engagement_type = 'Bot'), false) as has_bot,
    coalesce(bool_or(e.engagement_type = 'Consult' or e.engagement_subtype = 'conference' or e.consult_time_ms > 0 or e.conference_time_ms > 0
      or e.transfer_out_type in ('consult_agent', 'consult_number')), false) as is_apart
  from journey.engagement e where e.conversation_id = c.conversation_id and e.conversation_start_time = c.conversation_start_time and not e.is_deleted`

const qaTaskReconciliation = defineView({
  name: 'qa_task_reconciliation',
  comment:
    'Ours against Webex’s own totals (CSR) per finished task: ours minus theirs, and whether that is within the tolerance of 1 s. Tasks with a consult or conference are compared in part, since Webex counts their legs differently.',
  grain: 'completed conversation',
  columns: columnsOf([
    ['data_source_id', 'Data source.', 'c.data_source_id'],
    ['conversation_id', 'Conversation.', 'c.conversation_id'],
    ['source_task_id', 'Webex task id.', 'c.source_task_id'],
    ['conversation_start_time', 'UTC start.', 'c.conversation_start_time'],
    ['start_date_key', 'Local day, YYYYMMDD.', dateKey('c.conversation_start_time')],
    ['is_car_complete', 'All activity records are here.', 'c.is_car_complete'],
    ...DIFFS.map(([name, comment, sql]): ColumnSpec => [name, `Ours minus Webex: ${comment}`, sql]),
    [
      'handled_mismatch',
      'We have an agent’s engagement and Webex says not handled, or the reverse.',
      'coalesce(s.has_agent, false) is distinct from c.is_handled',
    ],
    [
      'is_compared_in_part',
      'Consult or conference: talk, queue and ringing are shown but not judged.',
      'coalesce(s.is_apart, false)',
    ],
    [
      'is_reconciled',
      'True when everything that is judged is within its tolerance.',
      `not coalesce(${DIFFS.map(([, , , isOff]) => `coalesce(${isOff}, false)`).join(' or ')} or coalesce(s.has_agent, false) is distinct from c.is_handled, false)`,
    ],
    [
      'reason',
      'Which figures are off, separated by commas; empty when none is.',
      `concat_ws(', ', ${DIFFS.map(([name, , , isOff]) => `case when ${isOff} then '${name.replace('_diff_ms', '')}' end`).join(', ')}, case when coalesce(s.has_agent, false) is distinct from c.is_handled then 'handled' end)`,
    ],
  ]),
  from: `journey.conversation c join etl.data_source ds using (data_source_id)
cross join lateral (
${SUMS}) s
where not c.is_deleted and c.status = 'Completed' and c.source_total_ms is not null`,
})

const qaReconciliationDaily = defineView({
  name: 'qa_reconciliation_daily',
  comment: 'Share of finished conversations per local day that agree with Webex’s own totals.',
  grain: 'data source and local day',
  columns: columnsOf([
    ['data_source_id', 'Data source.'],
    ['date_key', 'Local day, YYYYMMDD.', 'start_date_key'],
    ['conversations', 'Finished conversations.', 'count(*)'],
    ['reconciled', 'Those within tolerance.', 'count(*) filter (where is_reconciled)'],
    ['compared_in_part', 'Those with a consult or conference.', 'count(*) filter (where is_compared_in_part)'],
    [
      'mismatch_rate',
      '1 − reconciled / conversations, 0-1.',
      'round(1 - count(*) filter (where is_reconciled)::numeric / nullif(count(*), 0), 4)',
    ],
  ]),
  from: 'bi.qa_task_reconciliation group by 1, 2',
})

const ORPHANS: readonly (readonly [relation: string, sql: string])[] = [
  [
    'engagement → conversation',
    'select count(*) from journey.engagement f where not f.is_deleted and not exists (select from journey.conversation c where c.conversation_id = f.conversation_id and c.conversation_start_time = f.conversation_start_time)',
  ],
  [
    'turn → conversation',
    'select count(*) from journey.turn f where not f.is_deleted and not exists (select from journey.conversation c where c.conversation_id = f.conversation_id and c.conversation_start_time = f.conversation_start_time)',
  ],
  [
    'turn → engagement',
    'select count(*) from journey.turn f where not f.is_deleted and f.engagement_id is not null and not exists (select from journey.engagement e where e.engagement_id = f.engagement_id and e.conversation_start_time = f.conversation_start_time and not e.is_deleted)',
  ],
  ...(['agent', 'queue', 'site', 'entry_point', 'outcome', 'contact', 'customer'] as const).map(
    (dimension): readonly [string, string] => [
      `engagement → ${dimension}`,
      `select count(*) from journey.engagement f where not f.is_deleted and f.${dimension}_id is not null and not exists (select from journey.${dimension} d where d.${dimension}_id = f.${dimension}_id)`,
    ],
  ),
  [
    'engagement → team',
    'select count(*) from journey.engagement f where not f.is_deleted and f.engaged_team_id is not null and not exists (select from journey.team d where d.team_id = f.engaged_team_id)',
  ],
  ...(['agent', 'queue', 'team', 'site', 'entry_point'] as const).map((dimension): readonly [string, string] => [
    `task_leg → ${dimension}`,
    `select count(*) from journey.task_leg f where not f.is_deleted and f.${dimension}_id is not null and not exists (select from journey.${dimension} d where d.${dimension}_id = f.${dimension}_id)`,
  ]),
  [
    'activity → agent',
    'select count(*) from journey.activity f where not f.is_deleted and not exists (select from journey.agent d where d.agent_id = f.agent_id)',
  ],
  [
    'activity → agent_status',
    'select count(*) from journey.activity f where not f.is_deleted and not exists (select from journey.agent_status d where d.agent_status_id = f.agent_status_id)',
  ],
]

const qaOrphans = defineView({
  name: 'qa_orphans',
  comment:
    'References of facts that lead nowhere; all counts are 0 unless somebody edited tables by hand. Reads whole tables: run it at night.',
  grain: 'relation',
  columns: columnsOf([
    ['relation', 'From where to where.', 'o.relation'],
    ['rows', 'Rows whose reference leads nowhere.', 'o.rows'],
  ]),
  from: `(${ORPHANS.map(([relation, sql]) => `select '${relation}'::text as relation, (${sql}) as rows`).join('\n  union all ')}) o`,
})

const PARTITIONED = ['conversation', 'engagement', 'turn', 'activity', 'agent_state_interval', 'task_leg']

const qaDefaultPartitions = defineView({
  name: 'qa_default_partitions',
  comment: 'Rows that found no partition of their month; 0 everywhere, since months are made ahead.',
  grain: 'partitioned table',
  columns: columnsOf([
    ['table_name', 'The partitioned table.', 'o.table_name'],
    ['rows', 'Rows in its default partition.', 'o.rows'],
  ]),
  from: `(${PARTITIONED.map((table) => `select 'journey.${table}'::text as table_name, (select count(*) from journey.${table}_default) as rows`).join('\n  union all ')}) o`,
})

/** In an order in which they can be made. */
export const QUALITY: readonly BiView[] = [
  freshness,
  completenessWindow,
  completeness,
  qaTaskReconciliation,
  qaReconciliationDaily,
  qaOrphans,
  qaDefaultPartitions,
]
