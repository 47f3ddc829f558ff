import {
  columnsOf,
  type ColumnSpec,
  dateKey,
  defineView,
  intervalStart,
  known,
  quarterHourKey,
  type BiView,
} from '../view.ts'

const UPDATED: ColumnSpec = [
  'updated_at',
  'Last time the content changed, UTC. For incremental extraction use the sync_ view.',
]
const IS_DELETED: ColumnSpec = ['is_deleted', 'True when the row is no longer derived: remove it from your copy.']

/** A fact has two views of the same columns: the one BI reads, and `sync_…` with its tombstones. */
function factAndSync(given: {
  readonly name: string
  readonly comment: string
  readonly grain: string
  readonly alias: string
  readonly columns: readonly ColumnSpec[]
  readonly from: string
  readonly where?: string
}): readonly [BiView, BiView] {
  const { alias, from } = given
  const conditions = given.where === undefined ? [] : [given.where]
  const whereOf = (all: readonly string[]) => (all.length === 0 ? '' : `\nwhere ${all.join(' and ')}`)
  return [
    defineView({
      ...given,
      name: `fact_${given.name}`,
      columns: columnsOf([...given.columns, UPDATED], alias),
      from: `${from}${whereOf([`not ${alias}.is_deleted`, ...conditions])}`,
    }),
    defineView({
      name: `sync_${given.name}`,
      comment: `fact_${given.name} with its tombstones, for incremental extraction: updated_at > :last and updated_at <= freshness.safe_until.`,
      grain: given.grain,
      columns: columnsOf([...given.columns, IS_DELETED, UPDATED], alias),
      from: `${from}${whereOf(conditions)}`,
    }),
  ]
}

const FLAGS = 'What is odd about it, separated by commas; empty when nothing is.'

const [factConversation, syncConversation] = factAndSync({
  name: 'conversation',
  comment: 'One row per conversation (a Webex task). Excludes deleted rows.',
  grain: 'conversation',
  alias: 'c',
  columns: [
    ['conversation_id', 'Our id.'],
    ['data_source_id', 'Data source.'],
    ['source_task_id', 'Webex task id = CSR id = interaction id.'],
    [
      'parent_conversation_id',
      'Conversation it belongs to: the task that opened it as a child contact, or the first mail of its thread.',
    ],
    ['contact_id', 'The customer’s number or address; all zeros = none.', known('c.contact_id')],
    ['customer_id', 'The customer; all zeros = none.', known('c.customer_id')],
    ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.'],
    ['channel', 'Fine channel as the source spells it, such as social_channel/WhatsApp.'],
    ['channel_vendor', 'Platform it ran on.'],
    ['direction', 'Inbound, Outbound or Internal.'],
    ['company_contact', 'Our number or address that was reached or used.'],
    ['campaign', 'Outbound campaign.'],
    ['entry_point_id', 'Where it arrived.', known('c.entry_point_id')],
    ['first_queue_id', 'First queue it waited in.', known('c.first_queue_id')],
    ['last_queue_id', 'Last queue it waited in.', known('c.last_queue_id')],
    ['conversation_start_time', 'UTC. Partition key: filter on it, or on a wider range of it, to read fast.'],
    [
      'conversation_start_time_local',
      'Start on the wall clock of the reporting time zone.',
      'c.conversation_start_time at time zone ds.reporting_time_zone',
    ],
    ['start_date_key', 'Local day of the start, YYYYMMDD.', dateKey('c.conversation_start_time')],
    ['start_quarter_hour_key', 'Local quarter hour of the start, 0-95.', quarterHourKey('c.conversation_start_time')],
    ['end_time', 'UTC end of the contact; null while it is open.'],
    ['status', 'In Progress, Completed or Corrupted.'],
    ['is_offered', 'Offered to an agent, as Webex says.'],
    ['is_handled', 'An agent spoke with the customer.'],
    ['is_abandoned', 'The customer left before an agent came.'],
    ['is_short', 'Abandoned within the short-abandon threshold.'],
    ['abandoned_stage', 'Where the customer left: menu, queue or ringing.'],
    ['terminated_by', 'Customer, Agent or System.'],
    ['termination_reason', 'Reason as Webex spells it.'],
    ['is_callback', 'A callback was asked for.'],
    ['wrap_up_time_ms', 'After-contact work that no engagement stands under, ms.'],
    ['source_total_ms', 'Webex CSR totalDuration, ms.'],
    ['csat_score', 'The customer’s score; null when nobody answered.'],
    ['auto_csat', 'The predicted score.'],
    ['contact_driver', 'Why the customer contacted us, as Webex AI says.'],
    ['topic', 'Topic, as Webex AI says.'],
    ['survey_opt_in', 'Whether the customer agreed to a survey, as Webex spells it.'],
    ['survey_type', 'inline or deferred.'],
    ['survey_questions_presented', 'Questions of the survey that were asked.'],
    ['survey_questions_answered', 'Questions of the survey that were answered.'],
    ['survey_completed', 'The survey was completed.'],
    ['car_count', 'Activity records (CARs) it was derived from.'],
    ['is_car_complete', 'True when all activity records that Webex counts are here.'],
    ['quality_flags', FLAGS, `array_to_string(c.quality_flags, ', ')`],
  ],
  from: 'journey.conversation c join etl.data_source ds using (data_source_id)',
})

const conversationVariable = defineView({
  name: 'conversation_variable',
  comment:
    'Global variables of conversations that are allow-listed by name. All others are personal data and stay in schema pii.',
  grain: 'conversation and variable',
  columns: columnsOf([
    ['conversation_id', 'Conversation.', 'c.conversation_id'],
    ['data_source_id', 'Data source.', 'c.data_source_id'],
    ['conversation_start_time', 'UTC start of the conversation.', 'c.conversation_start_time'],
    ['variable_name', 'Name of the variable, as the flow spells it.', 'v.key'],
    ['variable_value', 'Its value at the end of the flow, as text.', 'v.value'],
  ]),
  from: 'journey.conversation c cross join lateral jsonb_each_text(c.variables) v where not c.is_deleted and c.variables is not null',
})

const [factEngagement, syncEngagement] = factAndSync({
  name: 'engagement',
  comment:
    'One participant’s part in a conversation. Filter engagement_type before counting. Excludes Technical and deleted rows.',
  grain: 'engagement',
  alias: 'e',
  columns: [
    ['engagement_id', 'Our id.'],
    ['conversation_id', 'Conversation it is part of.'],
    ['data_source_id', 'Data source.'],
    ['engagement_type', 'Agent, Menu, Queue, Invitation, Bot, Consult or External.'],
    ['engagement_subtype', 'conference on the row of an agent who joined one.'],
    ['sequence_no', 'Place within the conversation, from 1.'],
    ['parent_engagement_id', 'Of a Consult: the engagement of the agent who asked.'],
    ['agent_id', 'Who took part; all zeros on Queue rows, where nobody has the customer yet.', known('e.agent_id')],
    ['contact_id', 'The customer’s number or address; all zeros = none.', known('e.contact_id')],
    ['customer_id', 'The customer; all zeros = none.', known('e.customer_id')],
    ['queue_id', 'Queue waited in, or that the agent was offered from.', known('e.queue_id')],
    ['engaged_team_id', 'Team at the time.', known('e.engaged_team_id')],
    ['site_id', 'Site at the time.', known('e.site_id')],
    ['entry_point_id', 'Entry point.', known('e.entry_point_id')],
    ['outcome_id', 'Wrap-up code.', known('e.outcome_id')],
    ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.'],
    ['direction', 'Inbound, Outbound or Internal.'],
    ['menu_path', 'Steps of the flow, in order.'],
    ['menu_phase', 'entry, after_transfer, in_queue or post_call.'],
    ['status', 'In Progress, Completed or Corrupted.'],
    ['service_level', 'Met, Missed, or Ignore (short abandon, callback, direct routing).'],
    ['invitation_result', 'missed = rang out; rejected = declined; failed = technical error.'],
    ['invitation_evidence', 'What the result rests on.'],
    ['is_abandoned', 'The customer left during it.'],
    ['is_short_abandon', 'Abandoned within the short-abandon threshold.'],
    ['is_answered', 'Queue: an agent joined. Null while it is open.'],
    ['queue_outcome', 'answered, abandoned, moved or callback.'],
    ['transfer_in_type', 'How the customer came: blind, consult, queue, entry_point or conference.'],
    ['transfer_out_type', 'How the agent handed over.'],
    ['is_synthetic', 'True when Webex has no step of this kind and the row was implied.'],
    ['quality_flags', FLAGS, `array_to_string(e.quality_flags, ', ')`],
    ['conversation_start_time', 'UTC start of the conversation. Partition key.'],
    ['start_time', 'UTC. Agent: the moment the agent was connected.'],
    ['end_time', 'UTC, wrap-up included. Null while it is open.'],
    [
      'start_time_local',
      'Start on the wall clock of the reporting time zone.',
      'e.start_time at time zone ds.reporting_time_zone',
    ],
    ['start_date_key', 'Local day of the start, YYYYMMDD.', dateKey('e.start_time')],
    ['start_quarter_hour_key', 'Local quarter hour of the start, 0-95.', quarterHourKey('e.start_time')],
    [
      'interval_start_time',
      'UTC start of the quarter hour it began in; distinct also where the clock shows an hour twice.',
      intervalStart('e.start_time'),
    ],
    ['queue_time_ms', 'Queue: entry until an agent joined or the customer left, ringing included, ms.'],
    ['parked_time_ms', 'Queue: the part spent parked, comparable to Webex queueDuration, ms.'],
    ['invitation_time_ms', 'Ringing of the offer that led to it (Agent) or was not taken (Invitation), ms.'],
    ['preparation_time_ms', 'Reserved for the agent before the customer was engaged, ms.'],
    ['engagement_time_ms', 'Agent joined until agent left, hold and consult included, wrap-up excluded, ms.'],
    ['hold_time_ms', 'Part of engagement_time_ms with the customer on hold, ms.'],
    ['consult_time_ms', 'Part in which the agent consulted somebody, ms.'],
    ['conference_time_ms', 'Part with a third participant, ms.'],
    ['wrap_up_time_ms', 'After-contact work of this agent, ms.'],
    ['menu_time_ms', 'Menu: time in the flow, ms.'],
    ['hold_count', 'Times on hold.'],
    ['offer_count', 'Queue: offers to agents.'],
    [
      'handling_time_ms',
      'Preparation + engagement + wrap-up, ms.',
      'coalesce(e.preparation_time_ms, 0) + coalesce(e.engagement_time_ms, 0) + coalesce(e.wrap_up_time_ms, 0)',
    ],
    ['talk_time_ms', 'Engagement without hold, ms.', 'greatest(e.engagement_time_ms - coalesce(e.hold_time_ms, 0), 0)'],
  ],
  from: 'journey.engagement e join etl.data_source ds using (data_source_id)',
  where: `e.engagement_type <> 'Technical'`,
})

const factEngagementSeconds = defineView({
  name: 'fact_engagement_seconds',
  comment: 'fact_engagement with durations in seconds, for spreadsheets.',
  grain: 'engagement',
  columns: columnsOf([
    ['engagement_id', 'Our id.'],
    ['conversation_id', 'Conversation it is part of.'],
    ['data_source_id', 'Data source.'],
    ['engagement_type', 'Agent, Menu, Queue, Invitation, Bot, Consult or External.'],
    ['agent_id', 'Who took part; all zeros = nobody.'],
    ['queue_id', 'Queue; all zeros = none.'],
    ['channel_type', 'Voice, Chat, Email, SMS, Video or Task.'],
    ['start_time_local', 'Start on the wall clock of the reporting time zone.'],
    ['start_date_key', 'Local day of the start, YYYYMMDD.'],
    ...(['queue', 'invitation', 'engagement', 'hold', 'talk', 'wrap_up', 'menu', 'handling'] as const).map(
      (fact): ColumnSpec => [`${fact}_seconds`, `${fact}_time_ms in seconds.`, `round(${fact}_time_ms / 1000.0, 3)`],
    ),
  ]),
  from: 'bi.fact_engagement',
})

const [factTurn, syncTurn] = factAndSync({
  name: 'turn',
  comment: 'Messages, mails, stretches of talk, recordings and menu steps. What was said is in schema pii.',
  grain: 'turn',
  alias: 't',
  columns: [
    ['turn_id', 'Our id.'],
    ['conversation_id', 'Conversation.'],
    ['engagement_id', 'Engagement that was active at its time; null = the conversation as a whole.'],
    ['data_source_id', 'Data source.'],
    ['turn_type', 'Message, Talk, Recording, Menu Step, File, Image, …'],
    ['participant', 'Customer, Agent, Bot, System, External or Unknown.'],
    ['category', 'Menu Step: the flow node that ran.'],
    ['agent_id', 'Agent who spoke or wrote; all zeros = none.', known('t.agent_id')],
    ['sequence_no', 'Place within its source, from 1.'],
    ['conversation_start_time', 'UTC start of the conversation. Partition key.'],
    ['turn_time', 'UTC start of the turn.'],
    ['turn_date_key', 'Local day of the turn, YYYYMMDD.', dateKey('t.turn_time')],
    ['duration_ms', 'Length of talk or recording, ms.'],
    ['length_chars', 'Length of a text, characters.'],
    ['language', 'Language, where the source says it.'],
    ['confidence', 'Certainty of a virtual agent or transcription, 0-1.'],
    ['is_time_estimated', 'True when the source gave no time and it was inferred.'],
  ],
  from: 'journey.turn t join etl.data_source ds using (data_source_id)',
})

const [factActivity, syncActivity] = factAndSync({
  name: 'activity',
  comment: 'Agent time per state and quarter hour, all channels collapsed to one timeline.',
  grain: 'agent, state and quarter hour',
  alias: 'a',
  columns: [
    ['activity_id', 'Our id.'],
    ['data_source_id', 'Data source.'],
    ['agent_id', 'Agent.', known('a.agent_id')],
    ['agent_status_id', 'State and idle code.', known('a.agent_status_id')],
    ['state_group', 'Available, Idle, Busy, Wrap Up or Not Responding.', 'st.state_group'],
    ['agent_status_name', 'The idle code’s name, else the state’s.', 'st.name'],
    ['availability', 'Available or Unavailable. Available includes Busy: use state_group for Available Time.'],
    ['activity_type', 'Always Agent Activity.'],
    ['interval_time', 'UTC start of the quarter hour. Partition key.'],
    ['interval_date_key', 'Local day, YYYYMMDD.', dateKey('a.interval_time')],
    ['interval_quarter_hour_key', 'Local quarter hour, 0-95.', quarterHourKey('a.interval_time')],
    ['activity_time_ms', 'Time in the state, ms; an agent’s sum over states is at most 900,000.'],
    ['available_capacity_ms', 'Channel slots in Available or Busy, ms.'],
    ['consumed_capacity_ms', 'Channel slots in Busy, ms.'],
    ['scheduled_time_ms', 'Planned time; not in these sources.'],
  ],
  from: 'journey.activity a join etl.data_source ds using (data_source_id) join journey.agent_status st using (agent_status_id)',
})

const [factAgentSession, syncAgentSession] = factAndSync({
  name: 'agent_session',
  comment: 'Logins of agents.',
  grain: 'login',
  alias: 's',
  columns: [
    ['agent_session_id', 'Our id.'],
    ['data_source_id', 'Data source.'],
    ['source_agent_session_id', 'Id at the source.'],
    ['agent_id', 'Agent.', known('s.agent_id')],
    ['team_id', 'Team at the time.', known('s.team_id')],
    ['site_id', 'Site at the time.', known('s.site_id')],
    ['login_time', 'UTC.'],
    ['login_date_key', 'Local day of the login, YYYYMMDD.', dateKey('s.login_time')],
    ['logout_time', 'UTC; null while it lasts.'],
    ['logout_reason', 'As Webex spells it.'],
    ['is_active', 'True while it lasts.'],
    ['multimedia_profile', 'Profile that sets the channels.'],
    ['activity_count', 'State records held.'],
    ['is_activity_complete', 'True when every channel holds as many as Webex counts.'],
  ],
  from: 'journey.agent_session s join etl.data_source ds using (data_source_id)',
})

const factRecording = defineView({
  name: 'fact_recording',
  comment: 'Recordings that exist or should exist. Files and their places are in schema journey.',
  grain: 'expected or stored recording',
  columns: columnsOf([
    ['capture_id', 'Our number of it.', 'k.capture_id'],
    ['data_source_id', 'Data source.', 'k.data_source_id'],
    ['source_task_id', 'Webex task id.', 'k.task_id'],
    ['conversation_start_time', 'UTC start of the conversation.', 'k.conversation_start_time'],
    ['start_date_key', 'Local day of the conversation, YYYYMMDD.', dateKey('k.conversation_start_time')],
    ['state', 'expected, downloading, stored, not_available, expired, refused or corrupt.', 'k.state'],
    ['reason', 'Why it is not stored.', 'k.reason'],
    ['is_stored', 'The file is in the object store, checked.', `k.state = 'stored'`],
    ['duration_ms', 'Length of the audio, ms.', 'k.duration_ms'],
    ['byte_size', 'Size of the file, bytes.', 'k.byte_size'],
    ['audio_channels', '1 = mono, 2 = one side each.', 'k.audio_channels'],
    ['start_time', 'UTC start of the recording.', 'k.start_time'],
    ['stored_at', 'UTC moment at which it was stored.', 'k.stored_at'],
    ['updated_at', 'Last change, UTC.', 'k.updated_at'],
  ]),
  from: `etl.capture k join etl.data_source ds using (data_source_id) where k.kind = 'recording'`,
})

const [factReview, syncReview] = factAndSync({
  name: 'review',
  comment: 'Answers of surveys and predicted scores, where the source is set to emit them.',
  grain: 'answered question',
  alias: 'r',
  columns: [
    ['review_id', 'Our id.'],
    ['data_source_id', 'Data source.'],
    ['conversation_id', 'Conversation.'],
    ['engagement_id', 'Engagement that it is about; null = the conversation as a whole.'],
    ['question_name', 'The question.', 'q.name'],
    ['review_type', 'Customer, Auto, Agent or Reviewer.'],
    ['status', 'Completed, Pending, …'],
    ['review_time', 'UTC.'],
    ['review_date_key', 'Local day, YYYYMMDD.', dateKey('r.review_time')],
    ['score', 'Score, as given.'],
    ['conversation_start_time', 'UTC start of the conversation.'],
  ],
  from: 'journey.review r join etl.data_source ds using (data_source_id) left join journey.question q using (question_id)',
})

/** In an order in which they can be made. */
export const FACTS: readonly BiView[] = [
  factConversation,
  conversationVariable,
  factEngagement,
  factEngagementSeconds,
  factTurn,
  factActivity,
  factAgentSession,
  factRecording,
  factReview,
  syncConversation,
  syncEngagement,
  syncTurn,
  syncActivity,
  syncAgentSession,
  syncReview,
]
