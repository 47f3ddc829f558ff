import { type Kysely, sql } from 'kysely'

/**
 * Members of dimensions keep every name they had, and stay when the vendor deletes them; contacts are merged into customers by a list; surveys
 * and reviews; what the mapper needs to know an internal call and a task's parent.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.data_source
  add column default_country text check (default_country ~ '^[A-Z]{2}$'),
  add column emits_reviews boolean not null default false;

-- dimensions
alter table journey.agent
  add column is_configured boolean not null default false,
  add column deleted_at timestamptz;
do $$
declare t text;
begin
  foreach t in array array['queue','team','site','entry_point','outcome','agent_status'] loop
    execute format('alter table journey.%I add column is_configured boolean not null default false,
      add column is_active boolean not null default true, add column deleted_at timestamptz', t);
  end loop;
end $$;

create table journey.member_label (
  member_id uuid not null,
  label_kind text not null check (label_kind in ('name','login')),
  label text not null,
  data_source_id smallint not null,
  member_kind text not null check (member_kind in ('agent','queue','team','site','entry_point','outcome','agent_status')),
  seen_from date, seen_until date,
  configured_from timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (member_id, label_kind, label),
  check (seen_until >= seen_from));
comment on table journey.member_label is 'Every name (and sign-in) that a member of a dimension has had. The dimension holds the present one: the configured one, else that of the newest records.';
comment on column journey.member_label.seen_from is 'First UTC day of a record that says it; null when only the configuration does.';
comment on column journey.member_label.seen_until is 'Last UTC day of a record that says it.';
comment on column journey.member_label.configured_from is 'When the vendor says the configured object was last changed, at the first look that showed this label; null when only records say it.';

insert into journey.member_label (member_id, label_kind, label, data_source_id, member_kind)
select agent_id, 'name', name, data_source_id, 'agent' from journey.agent where name is not null
union all select agent_id, 'login', login, data_source_id, 'agent' from journey.agent where login is not null
union all select queue_id, 'name', name, data_source_id, 'queue' from journey.queue where name is not null
union all select team_id, 'name', name, data_source_id, 'team' from journey.team where name is not null
union all select site_id, 'name', name, data_source_id, 'site' from journey.site where name is not null
union all select entry_point_id, 'name', name, data_source_id, 'entry_point' from journey.entry_point where name is not null
union all select outcome_id, 'name', name, data_source_id, 'outcome' from journey.outcome where name is not null;

-- customers
create table journey.customer_merge (
  contact_id uuid primary key,
  customer_id uuid not null,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create index customer_merge_customer on journey.customer_merge (customer_id);
comment on table journey.customer_merge is 'Contacts that a person has merged into another customer; every other contact is its own customer.';

-- ruling 35: who of us calls
create table pii.agent_address (
  data_source_id smallint not null,
  agent_id uuid not null,
  address_kind text not null check (address_kind in ('phone','email','id')),
  address text not null,
  updated_at timestamptz not null default now(),
  primary key (data_source_id, agent_id, address_kind, address));
comment on table pii.agent_address is 'Numbers, mail addresses and ids by which an agent may call as a customer would. Once known they stay: old calls keep their direction.';

-- surveys and reviews
alter table journey.conversation
  add column survey_opt_in text,
  add column survey_type text,
  add column survey_questions_presented smallint,
  add column survey_questions_answered smallint,
  add column survey_completed boolean;
comment on column journey.conversation.survey_opt_in is 'CSR feedback.surveyOptIn as delivered.';
comment on column journey.conversation.survey_type is 'CSR feedback.type as delivered: inline or deferred.';
comment on column journey.conversation.csat_score is 'CSR csatScore; null when nobody answered (Webex says 0).';
comment on column journey.conversation.parent_conversation_id is 'The conversation whose records name this task as a child contact; for a mail, the first one of its thread.';
alter table journey.review
  add column row_hash bytea,
  add column fetch_id bigint,
  add column is_deleted boolean not null default false;
create index review_conversation on journey.review (conversation_id);

-- parents of tasks
create table etl.child_task (
  data_source_id smallint not null references etl.data_source,
  child_task_id text not null,
  parent_task_id text not null,
  primary key (data_source_id, child_task_id, parent_task_id));
create table etl.task_thread (
  data_source_id smallint not null references etl.data_source,
  task_id text not null,
  thread_key text not null,
  created_time timestamptz not null,
  primary key (data_source_id, task_id));
create index task_thread_key on etl.task_thread (data_source_id, thread_key, created_time, task_id);

grant select, insert, update, delete on journey.member_label, journey.customer_merge, pii.agent_address, etl.child_task, etl.task_thread to etl_writer;
grant select on pii.agent_address to bi_pii_reader;
`)
    .execute(db)
}
