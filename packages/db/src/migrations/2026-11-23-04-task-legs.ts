import { type Kysely, sql } from 'kysely'

/**
 * The stream `task_leg` (CLR): one row per stay in a queue and the agent who took it, as the vendor saw it. Only some organisations have it, so it is
 * a setting of the source.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.data_source add column task_legs text not null default 'off' check (task_legs in ('off','ask','on'));
comment on column etl.data_source.task_legs is
  'Whether task legs (CLR) are loaded: off = no; ask = the vendor is asked once a day whether the organisation has any; on = yes. ask becomes on with the first leg.';
alter table etl.watermark drop constraint watermark_pass_check;
alter table etl.watermark add constraint watermark_pass_check
  check (pass in ('task_change','agent_session_change','configuration','agent_time','task_leg_change'));

create table journey.task_leg (
  task_leg_id        uuid not null,
  leg_start_time     timestamptz not null,
  data_source_id     smallint not null,
  source_leg_id      text not null,
  source_task_id     text not null,
  conversation_id    uuid not null,
  leg_end_time       timestamptz,
  last_activity_time timestamptz not null,
  is_active          boolean not null,
  status             text,
  contact_state      text,
  channel_type       text not null,
  direction          text not null check (direction in ('Inbound','Outbound')),
  entry_point_id     uuid,
  queue_id           uuid,
  source_queue_id    text,
  queued_to          text,
  agent_id           uuid,
  team_id            uuid,
  site_id            uuid,
  next_queue_id      uuid,
  next_agent_id      uuid,
  next_team_id       uuid,
  handle_type        text,
  is_handled         boolean,
  is_within_service_level boolean,
  service_level_ms   bigint,
  is_opted_out       boolean,
  abandoned_type     text,
  terminated_by      text,
  termination_reason text,
  wrap_up_code_name  text,
  queue_time_ms      bigint,
  ringing_time_ms    bigint,
  connected_time_ms  bigint,
  hold_time_ms       bigint,
  consult_time_ms    bigint,
  conference_time_ms bigint,
  wrap_up_time_ms    bigint,
  handle_time_ms     bigint,
  row_hash           bytea,
  fetch_id           bigint,
  is_deleted         boolean not null default false,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  primary key (task_leg_id, leg_start_time)
) partition by range (leg_start_time);
create table journey.task_leg_default partition of journey.task_leg default;
create index task_leg_source_start on journey.task_leg (data_source_id, leg_start_time);
create index task_leg_task on journey.task_leg (data_source_id, source_task_id);
create index task_leg_updated on journey.task_leg (updated_at);
comment on table journey.task_leg is
  'Task legs (CLR): one stay of a task in a queue, with the agent who took it, as the vendor counts it. Empty where an organisation has none.';
comment on column journey.task_leg.service_level_ms is
  'CLR slaValue (seconds), in milliseconds: the promise that held for this leg. It goes before the queue''s present threshold and the source''s default.';
comment on column journey.task_leg.is_within_service_level is 'The vendor''s own verdict, to compare ours with.';
comment on column journey.task_leg.wrap_up_code_name is 'CLR lastWrapupCodeName; the vendor gives no id.';
grant select, insert, update, delete on journey.task_leg to etl_writer;
`)
    .execute(db)
}
