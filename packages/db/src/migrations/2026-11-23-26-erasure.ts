import { type Kysely, sql } from 'kysely'

/** People who asked to be forgotten: by what their records are known, and what is still to be removed of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table etl.erasure (
  erasure_id             bigint generated always as identity primary key,
  contact_id             uuid not null unique,
  marker                 text not null unique check (marker ~ '^erased:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  replacement_contact_id uuid not null unique,
  begun_at               timestamptz not null,
  finished_at            timestamptz,
  receipt_sha256         bytea
);
comment on table etl.erasure is 'Contacts that were erased (wxcc erase), for good: whatever names one of them lands as its replacement.';
comment on column etl.erasure.contact_id is 'HMAC of the address, as it was in journey.contact: without CONTACT_KEY it leads to nobody.';
comment on column etl.erasure.marker is 'Stands in raw pages where the address stood; random.';

create table etl.erased_task (
  data_source_id     integer not null references etl.data_source,
  task_id            text not null,
  erasure_id         bigint not null references etl.erasure,
  created_time       timestamptz not null,
  last_activity_time timestamptz not null,
  primary key (data_source_id, task_id)
);
create index erased_task_erasure on etl.erased_task (erasure_id);
comment on table etl.erased_task is 'Tasks of erased contacts: no file of them is asked for or kept.';

create table etl.erased_object (
  object_key text primary key,
  noted_at   timestamptz not null
);
comment on table etl.erased_object is 'Objects that were replaced by a page without the person and are not removed yet.';

grant select, insert, update, delete on etl.erasure, etl.erased_task, etl.erased_object to etl_writer;
`)
    .execute(db)
}
