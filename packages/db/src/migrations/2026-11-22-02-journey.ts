import { type Kysely, sql } from 'kysely'

/** Schema `journey`: the target model. No foreign keys from facts to dimensions (they halve write speed and lock hot rows); a test looks for orphans. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create schema journey;

-- dimensions
create table journey.agent (
  agent_id         uuid primary key,
  data_source_id   smallint not null,
  source_agent_id  text not null,
  agent_type       text not null default 'User' check (agent_type in ('User','Bot','Menu','External','Voicemail','Unknown')),
  name             text,
  login            text,
  team_id          uuid,
  site_id          uuid,
  department       text,
  organization     text,
  version          text,
  status           text not null default 'Active' check (status in ('Active','Inactive')),
  cost_per_hour       numeric(12,4),
  cost_per_engagement numeric(12,4),
  row_hash bytea, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, agent_type, source_agent_id)
);

create table journey.queue (
  queue_id uuid primary key, data_source_id smallint not null,
  source_queue_id text not null, name text, channel_type text, service_level_ms integer,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_queue_id));
create table journey.team (
  team_id uuid primary key, data_source_id smallint not null,
  source_team_id text not null, name text, site_id uuid,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_team_id));
create table journey.site (
  site_id uuid primary key, data_source_id smallint not null,
  source_site_id text not null, name text, time_zone text,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_site_id));
create table journey.entry_point (
  entry_point_id uuid primary key, data_source_id smallint not null,
  source_entry_point_id text not null, name text, channel_type text,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_entry_point_id));
create table journey.outcome (
  outcome_id uuid primary key, data_source_id smallint not null,
  source_wrap_up_code_id text not null, name text, category text,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_wrap_up_code_id));
create table journey.agent_status (
  agent_status_id uuid primary key, data_source_id smallint not null,
  source_state text not null, source_idle_code_id text not null default '', name text not null,
  state_group text not null check (state_group in ('Available','Idle','Busy','Wrap Up','Not Responding','Logged Out')),
  availability text not null check (availability in ('Available','Unavailable')),
  is_unknown boolean not null default false,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_state, source_idle_code_id));

create table journey.customer (
  customer_id uuid primary key,
  customer_type text not null default 'Person' check (customer_type in ('Person','Organization','Agent','Unknown')),
  category text, region text, country text, state text, organization text, segment text,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table journey.contact (
  contact_id uuid primary key,
  customer_id uuid not null,
  contact_kind text not null check (contact_kind in ('phone','email','social','anonymous','other')),
  country_calling_code text, email_domain text,
  first_seen_at timestamptz, last_seen_at timestamptz,
  is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create index contact_customer on journey.contact (customer_id);

-- facts
create table journey.conversation (
  conversation_id         uuid not null,
  conversation_start_time timestamptz not null,
  data_source_id          smallint not null,
  source_task_id          text not null,
  parent_conversation_id  uuid,
  contact_id              uuid,
  customer_id             uuid,
  channel_type            text not null check (channel_type in ('Voice','Chat','Email','SMS','Video','Task')),
  channel                 text,
  channel_vendor          text not null default 'Webex Contact Center',
  direction               text not null check (direction in ('Inbound','Outbound','Internal')),
  company_contact         text,
  campaign                text,
  entry_point_id          uuid,
  first_queue_id          uuid,
  last_queue_id           uuid,
  end_time                timestamptz,
  status                  text not null check (status in ('In Progress','Completed','Corrupted')),
  is_offered              boolean, is_handled boolean, is_abandoned boolean, is_short boolean,
  abandoned_stage         text check (abandoned_stage in ('menu','queue','ringing')),
  terminated_by           text check (terminated_by in ('Customer','Agent','System')),
  termination_reason      text,
  is_callback             boolean not null default false,
  source_total_ms bigint, source_self_service_ms bigint, source_queue_ms bigint, source_ringing_ms bigint,
  source_connected_ms bigint, source_hold_ms bigint, source_consult_ms bigint, source_conference_ms bigint, source_wrap_up_ms bigint,
  source_within_service_level boolean,
  csat_score              smallint, auto_csat numeric(6,3), contact_driver text, topic text,
  variables               jsonb,
  quality_flags           text[] not null default '{}',
  wrap_up_time_ms         bigint check (wrap_up_time_ms >= 0),
  car_count               integer not null default 0,
  is_car_complete         boolean not null default true,
  mapping_version         smallint not null default 1,
  row_hash bytea, fetch_id bigint, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (conversation_id, conversation_start_time),
  unique (data_source_id, source_task_id, conversation_start_time),
  check (end_time is null or end_time >= conversation_start_time)
) partition by range (conversation_start_time);
create table journey.conversation_default partition of journey.conversation default;
create index conversation_source_start on journey.conversation (data_source_id, conversation_start_time);
create index conversation_updated on journey.conversation (updated_at);
create index conversation_contact on journey.conversation (contact_id, conversation_start_time desc);

create table journey.engagement (
  engagement_id           uuid not null,
  conversation_id         uuid not null,
  conversation_start_time timestamptz not null,
  data_source_id          smallint not null,
  engagement_type         text not null check (engagement_type in ('Agent','Menu','Queue','Invitation','Bot','Consult','External','Technical')),
  engagement_subtype      text,
  sequence_no             integer not null,
  parent_engagement_id    uuid,
  anchor_record_id        text not null,
  source_record_ids       text[] not null,
  agent_id                uuid,
  contact_id              uuid,
  customer_id             uuid,
  queue_id                uuid,
  engaged_team_id         uuid,
  site_id                 uuid,
  entry_point_id          uuid,
  outcome_id              uuid,
  channel_type            text not null,
  direction               text not null,
  menu_path               text,
  menu_phase              text check (menu_phase in ('entry','in_queue','after_transfer','post_call')),
  status                  text not null check (status in ('In Progress','Completed','Corrupted')),
  service_level           text check (service_level in ('Met','Missed','Ignore')),
  invitation_result       text check (invitation_result in ('missed','rejected','failed')),
  invitation_evidence     text,
  is_abandoned            boolean not null default false,
  is_short_abandon        boolean not null default false,
  is_answered             boolean,
  queue_outcome           text check (queue_outcome in ('answered','abandoned','moved','callback')),
  transfer_in_type        text check (transfer_in_type in ('blind','consult','queue','entry_point','conference')),
  transfer_out_type       text check (transfer_out_type in ('blind_agent','blind_number','consult_agent','consult_number','queue','entry_point')),
  start_time              timestamptz not null,
  end_time                timestamptz,
  queue_time_ms           bigint check (queue_time_ms       >= 0),
  parked_time_ms          bigint check (parked_time_ms      >= 0),
  invitation_time_ms      bigint check (invitation_time_ms  >= 0),
  preparation_time_ms     bigint check (preparation_time_ms >= 0),
  engagement_time_ms      bigint check (engagement_time_ms  >= 0),
  hold_time_ms            bigint check (hold_time_ms        >= 0),
  consult_time_ms         bigint check (consult_time_ms     >= 0),
  conference_time_ms      bigint check (conference_time_ms  >= 0),
  wrap_up_time_ms         bigint check (wrap_up_time_ms     >= 0),
  menu_time_ms            bigint check (menu_time_ms        >= 0),
  hold_count              smallint, offer_count smallint,
  is_synthetic            boolean not null default false,
  quality_flags           text[] not null default '{}',
  mapping_version         smallint not null default 1,
  row_hash bytea, fetch_id bigint, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (engagement_id, conversation_start_time),
  unique (data_source_id, engagement_type, anchor_record_id, conversation_start_time),
  foreign key (conversation_id, conversation_start_time) references journey.conversation (conversation_id, conversation_start_time),
  check (end_time is null or end_time >= start_time),
  check (engagement_type <> 'Invitation' or invitation_result is not null),
  check (engagement_type <> 'Queue' or agent_id is null),
  check (queue_outcome is null or engagement_type = 'Queue')
) partition by range (conversation_start_time);
create table journey.engagement_default partition of journey.engagement default;
create index engagement_conversation on journey.engagement (conversation_id, sequence_no);
create index engagement_type_start   on journey.engagement (engagement_type, start_time) where not is_deleted;
create index engagement_agent_start  on journey.engagement (agent_id, start_time) where not is_deleted;
create index engagement_queue_start  on journey.engagement (queue_id, start_time) where not is_deleted;
create index engagement_contact      on journey.engagement (contact_id, start_time);
create index engagement_updated      on journey.engagement (updated_at);

create table journey.turn (
  turn_id                 uuid not null,
  engagement_id           uuid,
  conversation_id         uuid not null,
  conversation_start_time timestamptz not null,
  data_source_id          smallint not null,
  source_record_id        text not null,
  turn_type               text not null check (turn_type in ('Message','Talk','Recording','Transcript','File','Image','Menu Step','Menu Back','Menu Restart','Application Action','Transaction','Unknown')),
  origin                  text check (origin in ('Custom','Suggested')),
  participant             text not null check (participant in ('Customer','Agent','Bot','System','External','Unknown')),
  agent_id                uuid,
  sequence_no             integer not null,
  turn_time               timestamptz not null,
  duration_ms             bigint check (duration_ms >= 0),
  length_chars            integer check (length_chars >= 0),
  language                text,
  confidence              numeric(5,4),
  is_time_estimated       boolean not null default false,
  row_hash bytea, fetch_id bigint, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (turn_id, conversation_start_time),
  unique (data_source_id, source_record_id, conversation_start_time),
  foreign key (conversation_id, conversation_start_time) references journey.conversation (conversation_id, conversation_start_time)
) partition by range (conversation_start_time);
create table journey.turn_default partition of journey.turn default;
create index turn_conversation on journey.turn (conversation_id, turn_time, sequence_no);
create index turn_updated on journey.turn (updated_at);

create table journey.media_file (
  media_file_id uuid primary key,
  data_source_id smallint not null,
  conversation_id uuid not null, conversation_start_time timestamptz not null, turn_id uuid,
  source_capture_id text not null,
  media_kind text not null check (media_kind in ('recording','transcript','attachment')),
  object_key text not null, content_type text, byte_size bigint not null, sha256 bytea not null,
  audio_channels smallint, channel_1_participant text, channel_2_participant text,
  start_time timestamptz, end_time timestamptz, duration_ms bigint,
  row_hash bytea, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_capture_id));

create table journey.agent_session (
  agent_session_id uuid primary key,
  data_source_id smallint not null,
  source_agent_session_id text not null,
  agent_id uuid not null, team_id uuid, site_id uuid,
  login_time timestamptz not null, logout_time timestamptz, logout_reason text, is_active boolean not null,
  multimedia_profile text, channel_totals jsonb,
  activity_count integer not null default 0, is_activity_complete boolean not null default true,
  row_hash bytea, fetch_id bigint, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  unique (data_source_id, source_agent_session_id));
create index agent_session_source_login on journey.agent_session (data_source_id, login_time);
create index agent_session_open on journey.agent_session (data_source_id) where is_active;
create table journey.agent_state_interval (
  agent_state_interval_id uuid not null,
  data_source_id smallint not null,
  source_activity_id text not null,
  agent_session_id uuid not null,
  agent_id uuid not null,
  source_channel_id text not null, channel_type text not null,
  agent_status_id uuid not null,
  source_task_id text, queue_id uuid, outcome_id uuid,
  is_outdial boolean, start_time timestamptz not null, end_time timestamptz, duration_ms bigint check (duration_ms >= 0),
  row_hash bytea, fetch_id bigint, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (agent_state_interval_id, start_time),
  unique (data_source_id, source_activity_id, start_time)
) partition by range (start_time);
create table journey.agent_state_interval_default partition of journey.agent_state_interval default;
create index agent_state_agent on journey.agent_state_interval (agent_id, start_time);

create table journey.activity (
  activity_id uuid not null,
  data_source_id smallint not null,
  agent_id uuid not null,
  agent_status_id uuid not null,
  interval_time timestamptz not null check (extract(epoch from interval_time)::bigint % 900 = 0),
  availability text not null check (availability in ('Available','Unavailable')),
  activity_type text not null default 'Agent Activity',
  activity_time_ms bigint not null check (activity_time_ms between 0 and 900000),
  available_capacity_ms bigint not null default 0, consumed_capacity_ms bigint not null default 0,
  scheduled_time_ms bigint,
  row_hash bytea, fetch_id bigint, is_deleted boolean not null default false,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (activity_id, interval_time),
  unique (data_source_id, agent_id, agent_status_id, interval_time)
) partition by range (interval_time);
create table journey.activity_default partition of journey.activity default;
create index activity_agent on journey.activity (agent_id, interval_time);
create index activity_updated on journey.activity (updated_at);

-- unpopulated by default; shaped so other sources / opt-ins can union in
create table journey.reviewer (reviewer_id uuid primary key, source_reviewer_id text, name text, link text,
  reviewer_type text not null check (reviewer_type in ('Auto','User')));
create table journey.question (question_id uuid primary key, source_question_id text, name text not null, question_group text);
create table journey.review (
  review_id uuid primary key, data_source_id smallint not null,
  conversation_id uuid not null, conversation_start_time timestamptz not null,
  engagement_id uuid, turn_id uuid,
  reviewer_id uuid, question_id uuid not null,
  review_time timestamptz not null, review_session text, answer text, comment text, score numeric,
  sampling text check (sampling in ('Focused','Random','Selected','All')),
  status text not null check (status in ('Completed','Deleted','Ignore','Pending','Rejected','Timeout')),
  review_type text not null check (review_type in ('Agent','Auto','Customer','Reviewer')),
  used_form text, verified text,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table journey.service (service_id uuid primary key, name text not null, vendor text);
create table journey.transaction (
  transaction_id uuid primary key, engagement_id uuid not null, conversation_start_time timestamptz not null,
  currency char(3), original_state text, target_state text, process text, product text, vendor text,
  cost numeric, exchange_rate numeric, price numeric, revenue numeric, volume numeric,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
`)
    .execute(db)
}
