import { type Kysely, sql } from 'kysely'

/** Histories that were planned: what they were said to cost, and what they have. And whether a source's history waits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table etl.history (
  history_id     bigint generated always as identity primary key,
  data_source_id smallint not null references etl.data_source,
  from_at        timestamptz not null,
  until_at       timestamptz not null,
  state          text not null default 'planned' check (state in ('planned','running','cancelled')),
  records        jsonb not null,
  requests       integer not null,
  byte_size      bigint not null,
  created_at     timestamptz not null,
  applied_at     timestamptz,
  cancelled_at   timestamptz,
  check (until_at > from_at)
);
comment on table etl.history is 'Ranges before a source''s first quarter hour that somebody asked for (wxcc plan history), with what the vendor counted and the forecast.';
comment on column etl.history.records is 'Records by stream, as the vendor counted them when it was planned.';
comment on column etl.history.requests is 'Requests it was said to take.';
comment on column etl.history.byte_size is 'Bytes in the object store it was said to take.';
create unique index history_open on etl.history (data_source_id) where state = 'planned';
alter table etl.data_source add column is_history_paused boolean not null default false;
comment on column etl.data_source.is_history_paused is 'No request of the history lane is planned or handed out (wxcc history pause).';
`)
    .execute(db)
}
