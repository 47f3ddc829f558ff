import { type Kysely, sql } from 'kysely'

/** Schema `etl`: what was asked of the vendor, what came, and what is proved. State moves: `../moves.ts`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create schema etl;

create table etl.credential (
  credential_id            smallint generated always as identity primary key,
  client_id                text not null,
  token_url                text not null,
  key_id                   text not null,
  client_secret_sealed     bytea not null,
  refresh_token_sealed     bytea not null,
  refresh_token_expires_at timestamptz,
  access_token_sealed      bytea,
  access_token_expires_at  timestamptz,
  state                    text not null default 'active' check (state in ('active','needs_consent')),
  rate_limit_per_minute    integer not null default 300 check (rate_limit_per_minute > 0),
  created_at               timestamptz not null default now(),
  updated_at               timestamptz not null default now()
);

create table etl.data_source (
  data_source_id      smallint generated always as identity primary key,
  data_source_key     text     not null unique check (data_source_key ~ '^[a-z0-9_]{1,40}$'),
  vendor              text     not null default 'webex_cc',
  display_name        text     not null,
  source_org_id       text     not null,
  data_center         text     not null,
  api_url             text     not null,
  credential_id       smallint not null references etl.credential,
  state               text     not null default 'active' check (state in ('active','paused','stopped')),
  stop_code           text,
  load_from           timestamptz not null,
  load_until          timestamptz,
  settle_ms           integer  not null default 300000 check (settle_ms >= 0),
  reporting_time_zone text     not null default 'UTC',
  short_abandon_ms    integer  not null default 5000  check (short_abandon_ms >= 0),
  service_level_ms    integer  not null default 20000 check (service_level_ms > 0),
  rona_timeout_ms     integer  not null default 18000 check (rona_timeout_ms > 0),
  backfill_months     smallint not null default 13    check (backfill_months between 0 and 36),
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (vendor, source_org_id),
  check (load_until is null or load_until >= load_from)
);

create table etl.fetch (
  fetch_id           bigint generated always as identity primary key,
  data_source_id     smallint not null references etl.data_source,
  kind               text not null check (kind in ('span','census','configuration','captures')),
  stream             text check (stream in ('task','agent_session','task_leg')),
  range_start        timestamptz,
  range_end          timestamptz,
  task_ids           text[],
  reason             text not null check (reason in ('live','change','repair','history')),
  lane               text not null check (lane in ('live','repair','history','audio')),
  state              text not null default 'pending' check (state in ('pending','queued','running','fetched','mapped','done','failed')),
  generation         integer not null default 0,
  map_generation     integer not null default 0,
  fence              integer not null default 0,
  lease_until        timestamptz,
  not_before         timestamptz,
  queued_at          timestamptz,
  cursor             jsonb,
  attempts           integer not null default 0,
  map_attempts       integer not null default 0,
  last_code          text,
  first_failed_at    timestamptz,
  estimated_requests integer not null default 1,
  actual_requests    integer not null default 0,
  traceparent        text,
  created_at         timestamptz not null,
  started_at         timestamptz,
  fetched_at         timestamptz,
  finished_at        timestamptz,
  check (range_end > range_start),
  check ((kind in ('span','census')) = (stream is not null)),
  check ((kind in ('span','census')) = (range_start is not null)),
  check ((kind = 'captures') = (task_ids is not null))
);
create index fetch_open on etl.fetch (data_source_id, lane, fetch_id) where state in ('pending','queued','running','fetched');
create index fetch_kind on etl.fetch (data_source_id, kind, stream, fetch_id);

create table etl.load_window (
  data_source_id       smallint not null references etl.data_source,
  stream               text not null check (stream in ('task','agent_session','task_leg')),
  window_start         timestamptz not null check (extract(epoch from window_start)::bigint % 900 = 0),
  state                text not null default 'planned' check (state in ('planned','loaded','verified','sealed','short','over','failed','expired')),
  fetch_id             bigint references etl.fetch,
  expected             integer,
  expected_at          timestamptz,
  expected_duration_ms bigint,
  expected_activity_at timestamptz,
  stored               integer,
  stored_at            timestamptz,
  incomplete           integer,
  open_records         integer,
  loaded_at            timestamptz,
  attempts             integer not null default 0,
  finding              text,
  next_check_at        timestamptz,
  created_at           timestamptz not null,
  updated_at           timestamptz not null,
  primary key (data_source_id, stream, window_start)
);
create index load_window_unproved on etl.load_window (data_source_id, stream, window_start) where state not in ('verified','sealed','expired');
create index load_window_in_hand on etl.load_window (data_source_id, stream, window_start desc) where state in ('loaded','short','over','failed');

create table etl.watermark (
  data_source_id smallint not null references etl.data_source,
  pass           text not null check (pass in ('task_change','agent_session_change','configuration','agent_time')),
  complete_until timestamptz not null,
  updated_at     timestamptz not null,
  primary key (data_source_id, pass)
);

create table etl.raw_page (
  raw_page_id    bigint generated always as identity primary key,
  data_source_id smallint not null references etl.data_source,
  fetch_id       bigint not null references etl.fetch,
  generation     integer not null,
  record_kind    text not null check (record_kind in ('csr','car','asr','aar','clr')),
  page_no        integer not null,
  object_key     text not null unique,
  byte_size      bigint not null,
  sha256         bytea not null,
  record_count   integer not null,
  tracking_id    text,
  fetched_at     timestamptz not null,
  redacted_at    timestamptz,
  unique (fetch_id, record_kind, page_no)
);

create table etl.task_source (
  data_source_id     smallint not null references etl.data_source,
  task_id            text not null,
  created_time       timestamptz not null,
  last_activity_time timestamptz not null,
  total_count        integer,
  held_count         integer not null,
  csr_page_id        bigint not null references etl.raw_page,
  car_page_ids       bigint[] not null,
  fetch_id           bigint not null,
  mapping_version    smallint not null,
  updated_at         timestamptz not null default now(),
  primary key (data_source_id, task_id)
);
create index task_source_created on etl.task_source (data_source_id, created_time);

create table etl.capture (
  capture_id              bigint generated always as identity primary key,
  data_source_id          smallint not null references etl.data_source,
  task_id                 text not null,
  conversation_start_time timestamptz not null,
  kind                    text not null check (kind in ('recording','transcript','attachment')),
  source_capture_id       text,
  state                   text not null default 'expected'
    check (state in ('expected','downloading','stored','not_available','expired','refused','corrupt')),
  reason                  text,
  fetch_id                bigint references etl.fetch,
  attempts                integer not null default 0,
  not_before              timestamptz,
  first_failed_at         timestamptz,
  object_key              text,
  byte_size               bigint,
  sha256                  bytea,
  content_type            text,
  codec                   text,
  audio_channels          smallint,
  sample_rate_hz          integer,
  duration_ms             bigint,
  channel_1_participant   text,
  channel_2_participant   text,
  start_time              timestamptz,
  end_time                timestamptz,
  attributes              jsonb,
  stored_at               timestamptz,
  map_generation          integer not null default 0,
  map_queued_at           timestamptz,
  map_attempts            integer not null default 0,
  mapped_at               timestamptz,
  map_code                text,
  created_at              timestamptz not null,
  updated_at              timestamptz not null,
  unique nulls not distinct (data_source_id, task_id, kind, source_capture_id)
);
create index capture_unresolved on etl.capture (data_source_id, not_before) where state in ('expected','downloading');
create index capture_unmapped on etl.capture (data_source_id) where state = 'stored' and mapped_at is null;

create table etl.dead_letter (
  dead_letter_id bigint generated always as identity primary key,
  data_source_id smallint,
  queue          text not null,
  job_id         text not null,
  payload        jsonb,
  code           text not null,
  attempts       integer not null,
  trace_id       text,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  resolved_at    timestamptz,
  unique (queue, job_id)
);

create table etl.api_call (
  data_source_id smallint not null references etl.data_source,
  hour           timestamptz not null,
  lane           text not null,
  endpoint       text not null,
  requests       bigint not null default 0,
  throttled      bigint not null default 0,
  failed         bigint not null default 0,
  primary key (data_source_id, hour, lane, endpoint)
);

create function etl.ensure_month(p_parent regclass, p_month date) returns void language plpgsql as $$
declare
  lo date := date_trunc('month', p_month)::date;
  hi date := (date_trunc('month', p_month) + interval '1 month')::date;
  sch text;
  tab text;
begin
  select n.nspname, c.relname into sch, tab from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_parent;
  if to_regclass(format('%I.%I', sch, tab || to_char(lo, '_YYYY_MM'))) is null then
    execute format('create table if not exists %I.%I partition of %I.%I for values from (%L) to (%L)',
      sch, tab || to_char(lo, '_YYYY_MM'), sch, tab, lo::timestamp at time zone 'UTC', hi::timestamp at time zone 'UTC');
  end if;
end $$;
`)
    .execute(db)
}
