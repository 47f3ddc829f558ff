import { type Kysely, sql } from 'kysely'

/**
 * Agent time as mapping rulings 26-28 ask: how a login's end is known, which states count as what (per source, by the operator), and what is
 * still to be derived anew after such a change.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table journey.agent_session add column logout_evidence text
  check (logout_evidence in ('source','last_activity','not_listed'));
update journey.agent_session set logout_evidence = 'source' where logout_time is not null;
comment on column journey.agent_session.logout_evidence is
  'How logout_time is known: source = the record says it; last_activity = the record says that the login is over but not since when, so the last known moment of it; not_listed = the source no longer lists it, so the time up to which agent time was complete then. Null while it lasts.';
create index agent_session_agent on journey.agent_session (agent_id, login_time);
create index agent_state_agent_end on journey.agent_state_interval (agent_id, (coalesce(end_time, timestamptz 'infinity')));

alter table journey.agent_status drop constraint agent_status_state_group_check;
alter table journey.agent_status add constraint agent_status_state_group_check
  check (state_group in ('Available','Idle','Busy','Wrap Up','Not Responding','Logged Out','Ignored'));
create table journey.agent_state_rule (
  data_source_id smallint not null default 0,
  source_state   text not null check (source_state = lower(source_state) and source_state <> ''),
  state_group    text not null check (state_group in ('Available','Idle','Busy','Wrap Up','Not Responding','Logged Out','Ignored')),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  primary key (data_source_id, source_state));
comment on table journey.agent_state_rule is
  'What a state of the source counts as, where it is not what docs/agent-time.md lists. Kept by the operator; read by every mapping of agent sessions, which derives agent time anew after a change.';
comment on column journey.agent_state_rule.data_source_id is '0 = every source that has no rule of its own for the state.';
comment on column journey.agent_state_rule.source_state is 'The state as the source spells it, in lower case.';

-- Which rules the activity of a source was derived by.
create table etl.agent_state_applied (
  data_source_id smallint primary key references etl.data_source on delete cascade,
  fingerprint    text not null,
  applied_at     timestamptz not null);
-- Agent time that earlier rules derived: one row per login, gone once it is derived anew.
create table etl.agent_time_due (
  data_source_id   smallint not null references etl.data_source on delete cascade,
  login_time       timestamptz not null,
  agent_session_id uuid not null,
  agent_id         uuid not null,
  primary key (data_source_id, login_time, agent_session_id));
-- When a login that lasts was last read, by which a pass can tell that it should have been listed.
create table etl.agent_session_sighting (
  agent_session_id uuid primary key,
  data_source_id   smallint not null references etl.data_source on delete cascade,
  seen_at          timestamptz not null);
create index agent_session_sighting_source on etl.agent_session_sighting (data_source_id);
insert into etl.agent_session_sighting (agent_session_id, data_source_id, seen_at)
  select agent_session_id, data_source_id, now() from journey.agent_session where is_active and not is_deleted;
create index fetch_change_pass on etl.fetch (data_source_id, stream, started_at) where kind = 'span' and reason = 'change';
grant select, insert, update, delete on journey.agent_state_rule, etl.agent_state_applied, etl.agent_time_due, etl.agent_session_sighting to etl_writer;
`)
    .execute(db)
}
