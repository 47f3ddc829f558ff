import { metricColumns } from '../metrics.ts'
import { type ColumnSpec, columnsOf, defineView, UNKNOWN, type BiView } from '../view.ts'

const SOURCE: ColumnSpec = ['data_source_id', 'Data source.']
const DAY: ColumnSpec = ['date_key', 'Local day, YYYYMMDD.', 'start_date_key']
const INTERVAL_DAY: ColumnSpec = ['date_key', 'Local day, YYYYMMDD.', 'interval_date_key']
const AGENT: ColumnSpec = ['agent_id', 'Agent.']

function aggregate(name: string, columns: readonly ColumnSpec[], from: string): string {
  const list = columnsOf(columns).map((column) => `${column.sql} as ${column.name}`)
  return `${name} as (select ${list.join(', ')} from ${from})`
}

/** Columns that are there already. */
const named = (specs: readonly ColumnSpec[]): ColumnSpec[] => specs.map(([name, comment]) => [name, comment])

/** What a fact adds to a day: columns over `from`, which groups by the day's keys. */
interface Part {
  readonly keys: readonly ColumnSpec[]
  readonly columns: readonly ColumnSpec[]
  readonly from: string
}

/**
 * `name` with the columns of both facts per key; what one of them does not have counts as nothing. A union and no full join: through a union a
 * range of days, which is what reports ask for, reaches the rows before they are added up.
 */
function daysOf(name: string, parts: readonly Part[]): string {
  const all = parts.flatMap(({ columns }) => columns.map(([column]) => column))
  const branches = parts.map(({ keys, columns, from }) => {
    const own = new Map(columnsOf(columns).map((column) => [column.name, column.sql]))
    const measures = all.map((column) => `${own.get(column) ?? 'null'} as ${column}`)
    const list = [...columnsOf(keys).map((key) => `${key.sql} as ${key.name}`), ...measures]
    return `select ${list.join(', ')} from ${from}`
  })
  const keys = (parts[0]?.keys ?? []).map(([key]) => key)
  const summed = all.map((column) => `coalesce(max(${column}), 0) as ${column}`)
  return `${name} as (
select ${[...keys, ...summed].join(', ')} from (
${branches.join('\nunion all\n')}) u group by ${keys.join(', ')})`
}

const engaged = metricColumns('fact_engagement')
const active = metricColumns('fact_activity')

const metricSeedDaily = defineView({
  name: 'metric_seed_daily',
  comment: 'The nine metrics (and their counts of conversations) per data source and local day. All times in ms.',
  grain: 'data source and local day',
  with: `with ${daysOf('d', [
    { keys: [SOURCE, DAY], columns: engaged, from: 'bi.fact_engagement group by 1, 2' },
    { keys: [SOURCE, INTERVAL_DAY], columns: active, from: 'bi.fact_activity group by 1, 2' },
  ])}`,
  columns: columnsOf([
    SOURCE,
    ['date_key', 'Local day, YYYYMMDD.'],
    ...named(engaged.slice(0, 2)),
    ...named(active),
    ...named(engaged.slice(2)),
  ]),
  from: 'd',
})

const metricQueueInterval = defineView({
  name: 'metric_queue_interval',
  comment:
    'The metrics of queues per quarter hour, by the start of each engagement. Available Time belongs to agents and has no value here.',
  grain: 'queue, channel and quarter hour',
  columns: columnsOf([
    SOURCE,
    ['date_key', 'Local day, YYYYMMDD.', 'start_date_key'],
    [
      'quarter_hour_key',
      'Local quarter hour, 0-95. On a day that shows an hour twice, tell them apart by interval_start_time.',
      'start_quarter_hour_key',
    ],
    ['interval_start_time', 'UTC start of the quarter hour.'],
    ['queue_id', 'Queue.'],
    ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.'],
    ...engaged,
    [
      'answered',
      'Queue entries that an agent answered.',
      `count(*) filter (where engagement_type = 'Queue' and is_answered)`,
    ],
    [
      'abandoned',
      'Queue entries that the customer left, short ones included.',
      `count(*) filter (where engagement_type = 'Queue' and is_abandoned)`,
    ],
    [
      'short_abandoned',
      'Those left within the short-abandon threshold.',
      `count(*) filter (where engagement_type = 'Queue' and is_short_abandon)`,
    ],
    ['wait_time_ms', 'Wait of all entries, ms.', `sum(queue_time_ms) filter (where engagement_type = 'Queue')`],
    ['max_wait_time_ms', 'The longest wait, ms.', `max(queue_time_ms) filter (where engagement_type = 'Queue')`],
    [
      'answer_wait_time_ms',
      'Wait of the answered entries, ms.',
      `sum(queue_time_ms) filter (where engagement_type = 'Queue' and is_answered)`,
    ],
    [
      'service_level_met',
      'Entries answered within the threshold.',
      `count(*) filter (where engagement_type = 'Queue' and service_level = 'Met')`,
    ],
    [
      'service_level_eligible',
      'Entries that the service level counts.',
      `count(*) filter (where engagement_type = 'Queue' and service_level in ('Met', 'Missed'))`,
    ],
  ]),
  from: `bi.fact_engagement where queue_id <> ${UNKNOWN} group by 1, 2, 3, 4, 5, 6`,
})

const STATES: readonly (readonly [name: string, group: string, comment: string])[] = [
  ['busy_time_ms', 'Busy', 'Time with contacts, ms.'],
  ['state_wrap_up_time_ms', 'Wrap Up', 'Time in the state wrap-up, ms.'],
  ['idle_time_ms', 'Idle', 'Time in idle codes, ms.'],
  ['not_responding_time_ms', 'Not Responding', 'Time set aside after a missed offer, ms.'],
]
const states: ColumnSpec[] = [
  ...STATES.map(([name, group, comment]): ColumnSpec => [
    name,
    comment,
    `coalesce(sum(activity_time_ms) filter (where state_group = '${group}'), 0)`,
  ]),
  [
    'logged_in_time_ms',
    'Time logged in, ms.',
    `coalesce(sum(activity_time_ms) filter (where state_group <> 'Logged Out'), 0)`,
  ],
]
const handled: ColumnSpec[] = [
  [
    'hold_time_ms',
    'Time with customers on hold, ms.',
    `coalesce(sum(hold_time_ms) filter (where engagement_type = 'Agent'), 0)`,
  ],
  [
    'talk_time_ms',
    'Engagement without hold, ms.',
    `coalesce(sum(talk_time_ms) filter (where engagement_type = 'Agent'), 0)`,
  ],
  [
    'handling_time_ms',
    'Preparation + engagement + wrap-up, ms.',
    `coalesce(sum(handling_time_ms) filter (where engagement_type = 'Agent'), 0)`,
  ],
  ['consults_answered', 'Consults that the agent answered.', `count(*) filter (where engagement_type = 'Consult')`],
  [
    'consult_time_ms',
    'Time as the consulted one, ms.',
    `coalesce(sum(engagement_time_ms) filter (where engagement_type = 'Consult'), 0)`,
  ],
  [
    'transfers_out',
    'Contacts handed over.',
    `count(*) filter (where engagement_type = 'Agent' and transfer_out_type is not null)`,
  ],
]
const OCCUPANCY = `round((a.busy_time_ms + a.state_wrap_up_time_ms)::numeric
    / nullif(a.busy_time_ms + a.state_wrap_up_time_ms + a.available_time_ms, 0), 4)`
/** What a person has: no menus, no queues. */
const OF_AGENTS = new Set([
  'agent_engagements',
  'agent_conversations',
  'engagement_time_ms',
  'invitations',
  'missed_invitations',
  'invitation_conversations',
  'missed_invitation_conversations',
  'wrap_up_time_ms',
])
const ofAgents = engaged.filter(([name]) => OF_AGENTS.has(name))

const metricAgentDaily = defineView({
  name: 'metric_agent_daily',
  comment:
    'The metrics of agents per local day, with their time per group of states. Queue and menu metrics belong to no agent.',
  grain: 'agent and local day',
  with: `with ${daysOf('a', [
    {
      keys: [SOURCE, DAY, AGENT],
      columns: [...ofAgents, ...handled],
      from: `bi.fact_engagement where engagement_type in ('Agent', 'Consult', 'Invitation') and agent_id <> ${UNKNOWN} group by 1, 2, 3`,
    },
    {
      keys: [SOURCE, INTERVAL_DAY, AGENT],
      columns: [...active, ...states],
      from: 'bi.fact_activity group by 1, 2, 3',
    },
  ])}`,
  columns: columnsOf([
    SOURCE,
    ['date_key', 'Local day, YYYYMMDD.'],
    AGENT,
    ...named(ofAgents),
    ...named(handled),
    ...named(active),
    ...named(states),
    [
      'occupancy',
      '(Busy + Wrap Up) / (Busy + Wrap Up + Available), 0-1. Of several rows compute it from the sums.',
      OCCUPANCY,
    ],
  ]),
  from: 'a',
})

const ofQueues = `bi.fact_engagement where engagement_type = 'Queue' group by 1, 2, 3, 4`
const QUEUE_DAY: readonly ColumnSpec[] = [
  SOURCE,
  DAY,
  ['queue_id', 'Queue; all zeros = none.'],
  ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.'],
]

const metricServiceLevel = defineView({
  name: 'metric_service_level',
  comment: 'Service level per queue and local day. Threshold: the leg’s own, else the queue’s, else the source’s.',
  grain: 'queue, channel and local day',
  columns: columnsOf([
    ...QUEUE_DAY,
    ['met', 'Entries answered within the threshold.', `count(*) filter (where service_level = 'Met')`],
    ['missed', 'Entries that were not.', `count(*) filter (where service_level = 'Missed')`],
    [
      'ignored',
      'Entries that do not count: short abandons, callbacks, moves.',
      `count(*) filter (where service_level = 'Ignore')`,
    ],
    [
      'service_level',
      'met / (met + missed), 0-1. Of several rows compute it from the sums.',
      `round(count(*) filter (where service_level = 'Met')::numeric / nullif(count(*) filter (where service_level in ('Met', 'Missed')), 0), 4)`,
    ],
  ]),
  from: ofQueues,
})

const metricAbandon = defineView({
  name: 'metric_abandon',
  comment: 'Abandonment per queue and local day. Leaving in the menu or while dialling out is not in it.',
  grain: 'queue, channel and local day',
  columns: columnsOf([
    ...QUEUE_DAY,
    ['queue_engagements', 'Entries.', 'count(*)'],
    ['abandoned', 'Entries that the customer left, short ones included.', 'count(*) filter (where is_abandoned)'],
    ['short_abandoned', 'Those left within the short-abandon threshold.', 'count(*) filter (where is_short_abandon)'],
    [
      'abandon_rate',
      '(abandoned − short) / (entries − short), 0-1. Of several rows compute it from the sums.',
      `round((count(*) filter (where is_abandoned) - count(*) filter (where is_short_abandon))::numeric / nullif(count(*) - count(*) filter (where is_short_abandon), 0), 4)`,
    ],
  ]),
  from: ofQueues,
})

const metricOccupancy = defineView({
  name: 'metric_occupancy',
  comment:
    'How busy agents were while logged in, per local day. From states, never from sums of engagements, which overlap.',
  grain: 'agent and local day',
  with: `with ${aggregate('a', [SOURCE, INTERVAL_DAY, AGENT, ...active, ...states], 'bi.fact_activity group by 1, 2, 3')}`,
  columns: columnsOf([
    SOURCE,
    ['date_key', 'Local day, YYYYMMDD.'],
    AGENT,
    ...named(active),
    ...named(states),
    [
      'occupancy',
      '(Busy + Wrap Up) / (Busy + Wrap Up + Available), 0-1. Of several rows compute it from the sums.',
      OCCUPANCY,
    ],
    [
      'utilisation',
      '(Busy + Wrap Up) / logged-in time, 0-1. Of several rows compute it from the sums.',
      `round((a.busy_time_ms + a.state_wrap_up_time_ms)::numeric / nullif(a.logged_in_time_ms, 0), 4)`,
    ],
  ]),
  from: 'a',
})

const TRANSFERS = ['blind_agent', 'blind_number', 'consult_agent', 'consult_number', 'queue', 'entry_point']

const metricTransfer = defineView({
  name: 'metric_transfer',
  comment: 'Contacts that agents handed over, by kind, per queue and local day.',
  grain: 'queue, channel and local day',
  columns: columnsOf([
    ...QUEUE_DAY,
    ['agent_engagements', 'Engagements of agents.', 'count(*)'],
    ['transfers', 'Those that ended in a hand-over.', 'count(transfer_out_type)'],
    ...TRANSFERS.map((type): ColumnSpec => [
      `${type}_transfers`,
      `Hand-overs of kind ${type}.`,
      `count(*) filter (where transfer_out_type = '${type}')`,
    ]),
    [
      'transfer_rate',
      'transfers / agent engagements, 0-1. Of several rows compute it from the sums.',
      'round(count(transfer_out_type)::numeric / nullif(count(*), 0), 4)',
    ],
  ]),
  from: `bi.fact_engagement where engagement_type = 'Agent' group by 1, 2, 3, 4`,
})

const metricCallback = defineView({
  name: 'metric_callback',
  comment: 'Callbacks per local day of the conversation: asked for, and reached by an agent.',
  grain: 'data source, channel and local day',
  columns: columnsOf([
    SOURCE,
    ['date_key', 'Local day, YYYYMMDD.', 'start_date_key'],
    ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.'],
    ['callbacks', 'Conversations in which a callback was asked for.', 'count(*)'],
    ['callbacks_reached', 'Those in which an agent spoke with the customer.', 'count(*) filter (where is_handled)'],
    ['callbacks_open', 'Those that are still open.', `count(*) filter (where status = 'In Progress')`],
    [
      'callback_success_rate',
      'reached / closed, 0-1. Of several rows compute it from the sums.',
      `round(count(*) filter (where is_handled and status <> 'In Progress')::numeric / nullif(count(*) filter (where status <> 'In Progress'), 0), 4)`,
    ],
  ]),
  from: 'bi.fact_conversation where is_callback group by 1, 2, 3',
})

const metricSelfService = defineView({
  name: 'metric_self_service',
  comment:
    'What self-service did per entry point and local day: contained = ended in the menu without a queue or an agent.',
  grain: 'entry point, channel and local day',
  with: `with m as (
  select e.conversation_id, e.conversation_start_time, sum(e.menu_time_ms) as menu_time_ms, count(*) as menus
  from bi.fact_engagement e where e.engagement_type in ('Menu', 'Bot') and coalesce(e.menu_phase, 'entry') in ('entry', 'after_transfer') group by 1, 2),
q as (
  select distinct e.conversation_id, e.conversation_start_time from bi.fact_engagement e where e.engagement_type in ('Queue', 'Agent', 'External'))`,
  columns: columnsOf([
    ['data_source_id', 'Data source.', 'c.data_source_id'],
    ['date_key', 'Local day, YYYYMMDD.', 'c.start_date_key'],
    ['entry_point_id', 'Entry point; all zeros = not known.', 'c.entry_point_id'],
    ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.', 'c.channel_type'],
    ['menu_conversations', 'Conversations that met a flow or a virtual agent.', 'count(*)'],
    ['menu_time_ms', 'Time in flows, ms.', 'coalesce(sum(m.menu_time_ms), 0)'],
    ['contained', 'Ended there, without a queue or an agent.', 'count(*) filter (where q.conversation_id is null)'],
    [
      'menu_abandoned',
      'Of these, left by the customer as Webex says.',
      'count(*) filter (where q.conversation_id is null and c.is_abandoned)',
    ],
    [
      'containment_rate',
      'contained / conversations, 0-1. Of several rows compute it from the sums.',
      'round(count(*) filter (where q.conversation_id is null)::numeric / nullif(count(*), 0), 4)',
    ],
  ]),
  from: `m join bi.fact_conversation c using (conversation_id, conversation_start_time)
left join q using (conversation_id, conversation_start_time) group by 1, 2, 3, 4`,
})

const metricRecordingCoverage = defineView({
  name: 'metric_recording_coverage',
  comment: 'Recordings that should exist against those that are stored, per local day of the conversation.',
  grain: 'data source and local day',
  columns: columnsOf([
    SOURCE,
    ['date_key', 'Local day, YYYYMMDD.', 'start_date_key'],
    ['recordings_expected', 'Recordings that should exist.', 'count(*)'],
    ['recordings_stored', 'Those in the object store, checked.', 'count(*) filter (where is_stored)'],
    [
      'recordings_pending',
      'Those still being fetched.',
      `count(*) filter (where state in ('expected', 'downloading'))`,
    ],
    [
      'recordings_missing',
      'Those that will not come, with a reason in fact_recording.',
      `count(*) filter (where state not in ('stored', 'expected', 'downloading'))`,
    ],
    [
      'coverage',
      'stored / expected, 0-1. Of several rows compute it from the sums.',
      'round(count(*) filter (where is_stored)::numeric / nullif(count(*), 0), 4)',
    ],
  ]),
  from: 'bi.fact_recording group by 1, 2',
})

/** In an order in which they can be made. */
export const METRIC_VIEWS: readonly BiView[] = [
  metricSeedDaily,
  metricQueueInterval,
  metricAgentDaily,
  metricServiceLevel,
  metricAbandon,
  metricOccupancy,
  metricTransfer,
  metricCallback,
  metricSelfService,
  metricRecordingCoverage,
]
