import { type Kysely, sql } from 'kysely'

/**
 * What the proof compares beside counts, and remembers: the checksum of what is stored, the census a verdict rests on, when a window was sealed, the
 * vendor's TrackingIds of a finding, and the figures of whole days that the long watch asks for.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.load_window
  add column stored_duration_ms bigint,
  add column stored_activity_at timestamptz,
  add column census_id          bigint,
  add column sealed_at          timestamptz,
  add column tracking_ids       text[];
comment on column etl.load_window.stored_duration_ms is 'Sum of totalDuration of the stored records, ms; null where it is not known of every closed one.';
comment on column etl.load_window.stored_activity_at is 'Latest lastActivityTime of the stored records.';
comment on column etl.load_window.census_id is 'The fetch that brought expected, expected_duration_ms and expected_activity_at.';
comment on column etl.load_window.tracking_ids is 'TrackingIds of the answers that a finding rests on, for a case with the vendor.';
alter table etl.fetch add column tracking_ids text[];
comment on column etl.fetch.tracking_ids is 'TrackingIds of the answers to a census; those of records lie with their pages.';

create table etl.day_count (
  data_source_id smallint not null references etl.data_source,
  stream         text not null check (stream in ('task','agent_session','task_leg')),
  day_start      timestamptz not null check (extract(epoch from day_start)::bigint % 86400 = 0),
  records        integer not null,
  duration_ms    bigint,
  activity_at    timestamptz,
  counted_at     timestamptz not null,
  fetch_id       bigint not null references etl.fetch,
  is_moved       boolean,
  primary key (data_source_id, stream, day_start)
);
comment on table etl.day_count is 'The vendor''s figures of whole UTC days, as the long watch last asked for them.';
comment on column etl.day_count.is_moved is 'Whether they differ from what the day was sealed with; null until they were compared.';
create index day_count_unjudged on etl.day_count (data_source_id, stream, day_start) where is_moved is distinct from false;

alter table etl.watermark drop constraint watermark_pass_check;
alter table etl.watermark add constraint watermark_pass_check
  check (pass in ('task_change','agent_session_change','configuration','agent_time','task_leg_change','task_watch','agent_session_watch','task_leg_watch'));

create index load_window_checked on etl.load_window (data_source_id, stream, next_check_at) where state = 'verified';
create index load_window_recount on etl.load_window (window_start) where stored_at is null and state in ('loaded','verified','sealed','short','over');
create index load_window_sealed on etl.load_window (data_source_id, stream, window_start) where state = 'sealed';
create index conversation_open on journey.conversation (data_source_id, conversation_start_time) where status = 'In Progress' and not is_deleted;

-- What was verified by counts alone is due for a look at its checksum.
update etl.load_window set next_check_at = expected_at where state = 'verified' and stream = 'task' and stored > 0;
`)
    .execute(db)
}
