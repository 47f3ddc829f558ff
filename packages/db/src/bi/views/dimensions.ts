import { type BiView, columnsOf, type ColumnSpec, defineView, known, UNKNOWN } from '../view.ts'

const SOURCE: ColumnSpec = [
  'data_source_id',
  'Data source that the row comes from; null on the row of the unknown member.',
  'd.data_source_id',
]
const DELETED: ColumnSpec = [
  'is_deleted',
  'True when the source no longer has this member. The row stays, since facts of the past point at it.',
  '(d.is_deleted or d.deleted_at is not null)',
]

const dimDate: BiView = {
  name: 'dim_date',
  comment: 'Every day from 2000 to 2059, for all date keys (role-playing: start, end, interval, turn).',
  grain: 'calendar day',
  select: undefined,
  columns: columnsOf([
    ['date_key', 'YYYYMMDD; what *_date_key columns hold.'],
    ['date', 'The day.'],
    ['year', 'Calendar year.'],
    ['quarter', 'Calendar quarter, 1-4.'],
    ['month', 'Month, 1-12.'],
    ['month_name', 'English name of the month.'],
    ['iso_year', 'Year of the ISO week.'],
    ['iso_week', 'ISO week, 1-53; weeks begin on Monday.'],
    ['day_of_month', 'Day of the month, 1-31.'],
    ['iso_day_of_week', '1 = Monday … 7 = Sunday.'],
    ['day_name', 'English name of the day.'],
    ['is_weekend', 'Saturday or Sunday.'],
  ]),
}

const dimQuarterHour: BiView = {
  name: 'dim_quarter_hour',
  comment: 'The 96 quarter hours of a day on the wall clock.',
  grain: 'quarter hour of the day',
  select: undefined,
  columns: columnsOf([
    ['quarter_hour_key', '0 = 00:00 … 95 = 23:45.'],
    ['label', 'HH:MM of its start.'],
    ['hour', 'Hour, 0-23.'],
    ['half_hour_label', 'HH:MM of the half hour it lies in.'],
  ]),
}

const dimDataSource = defineView({
  name: 'dim_data_source',
  comment: 'The organisations that are loaded: one per Webex Contact Center, and one per imported source.',
  grain: 'data source',
  columns: columnsOf(
    [
      ['data_source_id', 'Number of the source in this database.'],
      ['data_source_key', 'Its name in settings and ids; the same in every database.'],
      ['display_name', 'Name for people.'],
      ['vendor', 'What the data comes from, such as webex_cc.'],
      ['reporting_time_zone', 'IANA time zone in which its days and quarter hours are counted.'],
    ],
    'ds',
  ),
  from: 'etl.data_source ds',
})

const dimSourceDay = defineView({
  name: 'dim_source_day',
  comment:
    'The days of each source in its own time zone: when they begin and end, and how many quarter hours they have (92 or 100 where clocks change by an hour).',
  grain: 'data source and local day',
  columns: columnsOf([
    ['data_source_id', 'Data source.', 'ds.data_source_id'],
    ['date_key', 'YYYYMMDD of the local day.', 'd.date_key'],
    ['starts_at', 'UTC moment of local midnight.', '(d.date::timestamp at time zone ds.reporting_time_zone)'],
    [
      'ends_at',
      'UTC moment of the next local midnight.',
      '((d.date + 1)::timestamp at time zone ds.reporting_time_zone)',
    ],
    [
      'quarter_hours',
      'Quarter hours between the two: 96, or 92 and 100 where the clock moves by an hour.',
      '(extract(epoch from ((d.date + 1)::timestamp at time zone ds.reporting_time_zone) - (d.date::timestamp at time zone ds.reporting_time_zone)) / 900)::smallint',
    ],
  ]),
  from: 'etl.data_source ds cross join bi.dim_date d',
})

const dimAgent = defineView({
  name: 'dim_agent',
  comment:
    'Who takes part: people (User), flows (Menu), virtual agents (Bot), outside numbers (External). Names and units are the present ones; facts carry team and site at the time.',
  grain: 'agent',
  columns: columnsOf([
    ['agent_id', 'Our id; all zeros = nobody or not known.', 'd.agent_id'],
    SOURCE,
    ['source_agent_id', 'Id at the source.', 'd.source_agent_id'],
    ['agent_name', 'Present display name; the id where no record says one.', 'coalesce(d.name, d.source_agent_id)'],
    ['agent_type', 'User, Menu, Bot, External, Voicemail or Unknown.', 'd.agent_type'],
    ['agent_status', 'Active or Inactive, as configured.', 'd.status'],
    ['current_team_id', 'Present team.', known('d.team_id')],
    ['current_team_name', 'Name of the present team.', 't.name'],
    ['current_site_id', 'Present site.', known('d.site_id')],
    ['current_site_name', 'Name of the present site.', 's.name'],
    ['version', 'Version of a flow or virtual agent.', 'd.version'],
    ['cost_per_hour', 'Present cost, where somebody has filled it in.', 'd.cost_per_hour'],
    ['cost_per_engagement', 'Present cost, where somebody has filled it in.', 'd.cost_per_engagement'],
    DELETED,
  ]),
  from: 'journey.agent d left join journey.team t using (team_id) left join journey.site s on s.site_id = d.site_id',
  thereafter: `union all select ${UNKNOWN}, null, '', 'Unknown', 'Unknown', 'Inactive', ${UNKNOWN}, null, ${UNKNOWN}, null, null, null, null, false`,
})

/** Dimensions of one shape: id, source, id at the source, name, and whatever else they have. */
function member(given: {
  readonly name: string
  readonly table: string
  readonly what: string
  readonly comment: string
  readonly more?: readonly ColumnSpec[]
  readonly unknownMore?: readonly string[]
}): BiView {
  const sourceId = given.table === 'outcome' ? 'source_wrap_up_code_id' : `source_${given.table}_id`
  return defineView({
    name: given.name,
    comment: given.comment,
    grain: given.what,
    columns: columnsOf([
      [`${given.table}_id`, 'Our id; all zeros = none or not known.', `d.${given.table}_id`],
      SOURCE,
      [sourceId, 'Id at the source.', `d.${sourceId}`],
      [`${given.table}_name`, 'Present name; the id where no record says one.', `coalesce(d.name, d.${sourceId})`],
      ...(given.more ?? []),
      DELETED,
    ]),
    from: `journey.${given.table} d`,
    thereafter: `union all select ${[UNKNOWN, 'null', `''`, `'Unknown'`, ...(given.unknownMore ?? []), 'false'].join(', ')}`,
  })
}

const CHANNEL_TYPE: ColumnSpec = [
  'channel_type',
  'Voice, Chat, Email, SMS, Video or Task, as configured.',
  'd.channel_type',
]

const dimQueue = member({
  name: 'dim_queue',
  table: 'queue',
  what: 'queue',
  comment: 'Queues that contacts waited in.',
  more: [CHANNEL_TYPE, ['service_level_ms', 'Configured service level threshold in ms.', 'd.service_level_ms']],
  unknownMore: ['null', 'null'],
})
const dimTeam = member({
  name: 'dim_team',
  table: 'team',
  what: 'team',
  comment: 'Teams of agents.',
  more: [['site_id', 'Present site of the team.', known('d.site_id')]],
  unknownMore: [UNKNOWN],
})
const dimSite = member({
  name: 'dim_site',
  table: 'site',
  what: 'site',
  comment: 'Sites that teams belong to.',
  more: [['time_zone', 'Time zone of the site, where configured.', 'd.time_zone']],
  unknownMore: ['null'],
})
const dimEntryPoint = member({
  name: 'dim_entry_point',
  table: 'entry_point',
  what: 'entry point',
  comment: 'Numbers and channels by which contacts arrive.',
  more: [CHANNEL_TYPE],
  unknownMore: ['null'],
})
const dimOutcome = member({
  name: 'dim_outcome',
  table: 'outcome',
  what: 'wrap-up code',
  comment: 'Wrap-up codes that agents close contacts with.',
  more: [['outcome_category', 'Group of codes, where somebody has filled it in.', 'd.category']],
  unknownMore: ['null'],
})

const dimAgentStatus = defineView({
  name: 'dim_agent_status',
  comment: 'States and idle codes of agents, with the group each counts in.',
  grain: 'state and idle code',
  columns: columnsOf([
    ['agent_status_id', 'Our id; all zeros = not known.', 'd.agent_status_id'],
    SOURCE,
    ['source_state', 'State as the source spells it.', 'd.source_state'],
    ['agent_status_name', 'The idle code’s name, else the state’s.', 'd.name'],
    ['state_group', 'Available, Idle, Busy, Wrap Up, Not Responding, Logged Out or Ignored.', 'd.state_group'],
    [
      'availability',
      'Available = productive; Unavailable = logged in, but not expected to take contacts.',
      'd.availability',
    ],
    ['is_unknown', 'True for a state that no rule names yet; it counts as Busy.', 'd.is_unknown'],
    DELETED,
  ]),
  from: 'journey.agent_status d',
  thereafter: `union all select ${UNKNOWN}, null, '', 'Unknown', 'Busy', 'Available', true, false`,
})

const dimContact = defineView({
  name: 'dim_contact',
  comment: 'Phone numbers, addresses and handles of customers by anonymous ids. The values are in schema pii.',
  grain: 'contact',
  columns: columnsOf([
    ['contact_id', 'Our id, from a keyed hash of the value; all zeros = none.', 'd.contact_id'],
    ['customer_id', 'The customer it belongs to.', 'd.customer_id'],
    ['contact_kind', 'phone, email, social, anonymous or other.', 'd.contact_kind'],
    ['country_calling_code', 'Digits of a phone number’s country, without +.', 'd.country_calling_code'],
    ['email_domain', 'Domain of a mail address.', 'd.email_domain'],
    ['first_seen_at', 'Start of the first conversation with it, UTC.', 'd.first_seen_at'],
    ['last_seen_at', 'Start of the latest conversation with it, UTC.', 'd.last_seen_at'],
  ]),
  from: 'journey.contact d where not d.is_deleted',
  thereafter: `union all select ${UNKNOWN}, ${UNKNOWN}, 'anonymous', null, null, null, null`,
})

const dimCustomer = defineView({
  name: 'dim_customer',
  comment: 'Customers: one per contact unless contacts were merged.',
  grain: 'customer',
  columns: columnsOf([
    ['customer_id', 'Our id; all zeros = none.', 'd.customer_id'],
    ['customer_type', 'Person, Organization, Agent (internal calls) or Unknown.', 'd.customer_type'],
    ['category', 'For your own enrichment.', 'd.category'],
    ['segment', 'For your own enrichment.', 'd.segment'],
    ['organization', 'For your own enrichment.', 'd.organization'],
    ['region', 'For your own enrichment.', 'd.region'],
    ['country', 'For your own enrichment.', 'd.country'],
    ['state', 'For your own enrichment.', 'd.state'],
  ]),
  from: 'journey.customer d where not d.is_deleted',
  thereafter: `union all select ${UNKNOWN}, 'Unknown', null, null, null, null, null, null`,
})

const dimMemberName = defineView({
  name: 'dim_member_name',
  comment:
    'Every name that an agent, queue, team, site, entry point or code has had, and on which days records used it.',
  grain: 'member and name',
  columns: columnsOf(
    [
      ['member_id', 'Id in the dimension of its kind.'],
      ['data_source_id', 'Data source.'],
      ['member_kind', 'agent, queue, team, site, entry_point, outcome or agent_status.'],
      ['label', 'The name.'],
      ['seen_from', 'First UTC day of a record that says it; null when only the configuration does.'],
      ['seen_until', 'Last UTC day of a record that says it.'],
    ],
    'l',
  ),
  from: `journey.member_label l where l.label_kind = 'name'`,
})

/** In an order in which they can be made. */
export const DIMENSIONS: readonly BiView[] = [
  dimDate,
  dimQuarterHour,
  dimDataSource,
  dimSourceDay,
  dimAgent,
  dimQueue,
  dimTeam,
  dimSite,
  dimEntryPoint,
  dimOutcome,
  dimAgentStatus,
  dimContact,
  dimCustomer,
  dimMemberName,
]
