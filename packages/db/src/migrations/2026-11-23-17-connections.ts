import { type Kysely, sql } from 'kysely'

/** Refreshes that survive crashes, what ends a connection and who was told, what was measured of a source, and sources that are gone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.credential
  add column refresh_fence    integer not null default 0,
  add column saved_fence      integer not null default 0,
  add column refresh_began_at timestamptz,
  add column refreshed_at     timestamptz,
  add column consent_code     text,
  add column consent_since    timestamptz,
  add column alarmed_days     smallint;
comment on column etl.credential.refresh_fence is 'Refreshes begun and consents stored, counted; taken before the vendor is asked.';
comment on column etl.credential.saved_fence is 'Which of them the stored tokens came from. Smaller than refresh_fence: the last one has not been heard of.';
comment on column etl.credential.refreshed_at is 'When the stored tokens were granted.';
comment on column etl.credential.consent_code is 'Why state is needs_consent: a failure code.';
comment on column etl.credential.alarmed_days is 'Alarm level that was reached last: 30, 14, 7, 1 days before the refresh token ends, 0 = the connection is lost; null = all is well.';

create table etl.connection_alarm (
  connection_alarm_id bigint generated always as identity primary key,
  credential_id       smallint not null references etl.credential on delete cascade,
  days_left           smallint not null check (days_left in (30,14,7,1,0)),
  expires_at          timestamptz,
  raised_at           timestamptz not null,
  sent_at             timestamptz,
  attempts            integer not null default 0,
  not_before          timestamptz
);
create index connection_alarm_unsent on etl.connection_alarm (connection_alarm_id) where sent_at is null;
comment on table etl.connection_alarm is 'Every alarm about a connection that ends or is lost (days_left 0); sent_at = ALARM_WEBHOOK_URL took it.';

alter table etl.data_source
  drop constraint data_source_state_check,
  add constraint data_source_state_check check (state in ('active','paused','stopped','removed')),
  add column learned jsonb;
comment on column etl.data_source.learned is 'What wxcc doctor --learn measured of this organisation''s vendor: edges, span limit, settle time, refresh tokens.';
`)
    .execute(db)
}
