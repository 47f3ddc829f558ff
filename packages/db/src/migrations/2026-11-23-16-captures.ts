import { type Kysely, sql } from 'kysely'

/** Custody of captures: why each is expected, what is odd about it, who asked for it, how long it is kept, and what may not be removed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.data_source
  add column recording_policy text not null default 'flagged' check (recording_policy in ('flagged','all-connected')),
  add column retention_days   integer check (retention_days > 0);
comment on column etl.data_source.recording_policy is 'Which connected tasks should have a recording: those the vendor flags (1 % of the others is asked too), or all.';
comment on column etl.data_source.retention_days is 'Age at which files and what was written leave, by the start of the conversation; null = never.';

alter table etl.capture
  add column part          smallint not null default 1,
  add column expected_by   text not null default 'flag' check (expected_by in ('flag','channel','policy','sample','listing','transcript')),
  add column call_type     text,
  add column agent_channel smallint check (agent_channel in (1,2)),
  add column findings      text[] not null default '{}';
comment on column etl.capture.part is 'The how-manieth expected one of its kind and task.';
comment on column etl.capture.expected_by is 'Why it is asked for: flag or recordingCount of the task, its channel, the source''s policy, the sample of unflagged tasks; or it was found in a listing or a transcript.';
comment on column etl.capture.agent_channel is 'Channel of the file on which the agent speaks; null when the listing does not say or the file has one channel.';
comment on column etl.capture.findings is 'What is odd about a stored file: mono, channels_unknown, duration_differs, type_differs, unflagged.';
update etl.capture set expected_by = 'channel' where kind = 'transcript';
update etl.capture set call_type = attributes ->> 'callType' where attributes ? 'callType';
update etl.capture set agent_channel = case when audio_channels <> 2 then null when channel_1_participant = 'Agent' and channel_2_participant is distinct from 'Agent' then 1
  when channel_2_participant = 'Agent' and channel_1_participant is distinct from 'Agent' then 2 end where state = 'stored' and kind = 'recording';

-- Several may be expected of one kind (recordingCount), before the vendor has named any of them.
alter table etl.capture drop constraint capture_data_source_id_task_id_kind_source_capture_id_key;
alter table etl.capture add constraint capture_source_id_key unique (data_source_id, task_id, kind, source_capture_id);
create unique index capture_expected_part on etl.capture (data_source_id, task_id, kind, part) where source_capture_id is null;
create index capture_by_start on etl.capture (data_source_id, conversation_start_time);
create index capture_kept on etl.capture (data_source_id, conversation_start_time) where state not in ('expired','downloading');
create index load_window_kept on etl.load_window (data_source_id, window_start) where state <> 'expired';
create index capture_to_remove on etl.capture (capture_id) where state = 'expired' and object_key is not null;

create table etl.capture_access (
  capture_access_id bigint generated always as identity primary key,
  capture_id        bigint not null references etl.capture,
  accessed_at       timestamptz not null,
  via               text not null check (via in ('cli','board')),
  action            text not null check (action in ('link','play','export'))
);
comment on table etl.capture_access is 'Every time a stored file was handed out, without naming anybody.';
create index capture_access_capture on etl.capture_access (capture_id);

create table etl.legal_hold (
  legal_hold_id  integer generated always as identity primary key,
  data_source_id smallint not null references etl.data_source,
  task_id        text,
  hold_from      timestamptz,
  hold_to        timestamptz,
  case_ref       text not null check (case_ref ~ '^[A-Za-z0-9._/-]{1,60}$'),
  created_at     timestamptz not null,
  released_at    timestamptz,
  check (hold_to > hold_from),
  check ((hold_from is null) = (hold_to is null)),
  check ((task_id is null) = (hold_from is not null))
);
comment on table etl.legal_hold is 'What retention may not remove: one task, or all conversations that began in [hold_from, hold_to). case_ref is a number of a case, never a name.';
create index legal_hold_open on etl.legal_hold (data_source_id) where released_at is null;

grant select, insert, update, delete on etl.capture_access, etl.legal_hold to etl_writer;
`)
    .execute(db)
}
