import { type Kysely, sql } from 'kysely'

/** Schema `bi`: the stable contract with reporting tools. Additive changes only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create schema bi;

-- dimensions for BI
create table bi.dim_date (
  date_key integer primary key, date date not null unique, year smallint not null, quarter smallint not null,
  month smallint not null, month_name text not null, iso_year smallint not null, iso_week smallint not null, day_of_month smallint not null,
  iso_day_of_week smallint not null, day_name text not null, is_weekend boolean not null);
insert into bi.dim_date
select to_char(d,'YYYYMMDD')::int, d::date, extract(year from d), extract(quarter from d), extract(month from d), to_char(d,'FMMonth'),
       extract(isoyear from d), extract(week from d), extract(day from d), extract(isodow from d), to_char(d,'FMDay'), extract(isodow from d) > 5
from generate_series(date '2022-01-01', date '2035-12-31', interval '1 day') d;
create table bi.dim_quarter_hour (quarter_hour_key smallint primary key, label text not null, hour smallint not null, half_hour_label text not null);
insert into bi.dim_quarter_hour
select q, to_char(time '00:00' + q*interval '15 min','HH24:MI'), q/4, to_char(time '00:00' + (q/2)*interval '30 min','HH24:MI') from generate_series(0,95) q;

create view bi.dim_data_source as select data_source_id, data_source_key, display_name, vendor, reporting_time_zone from etl.data_source;
create view bi.dim_agent as
select a.agent_id, a.data_source_id, a.name as agent_name, a.agent_type, a.status as agent_status, t.name as current_team_name, s.name as current_site_name
from journey.agent a left join journey.team t using (team_id) left join journey.site s on s.site_id = a.site_id where not a.is_deleted;
create view bi.dim_contact as select contact_id, customer_id, contact_kind, country_calling_code, email_domain, first_seen_at, last_seen_at from journey.contact where not is_deleted;
create view bi.dim_customer as select customer_id, customer_type, category, segment, organization, region, country, state from journey.customer where not is_deleted;
create view bi.dim_queue as select queue_id, data_source_id, name as queue_name, channel_type, service_level_ms from journey.queue where not is_deleted;

-- facts
create view bi.fact_engagement as
select e.engagement_id, e.conversation_id, e.data_source_id, e.engagement_type, e.engagement_subtype, e.sequence_no, e.parent_engagement_id,
       e.agent_id, e.contact_id, e.customer_id, e.queue_id, e.engaged_team_id, e.site_id, e.entry_point_id, e.outcome_id,
       e.channel_type, e.direction, e.menu_path, e.menu_phase, e.status, e.service_level, e.invitation_result,
       e.is_abandoned, e.is_short_abandon, e.is_answered, e.queue_outcome, e.transfer_in_type, e.transfer_out_type, e.is_synthetic, e.quality_flags,
       e.conversation_start_time, e.start_time, e.end_time,
       (e.start_time at time zone ds.reporting_time_zone) as start_time_local,
       to_char(e.start_time at time zone ds.reporting_time_zone,'YYYYMMDD')::int as start_date_key,
       (extract(hour from e.start_time at time zone ds.reporting_time_zone)*4
        + floor(extract(minute from e.start_time at time zone ds.reporting_time_zone)/15))::smallint as start_quarter_hour_key,
       e.queue_time_ms, e.parked_time_ms, e.invitation_time_ms, e.preparation_time_ms, e.engagement_time_ms, e.hold_time_ms,
       e.consult_time_ms, e.conference_time_ms, e.wrap_up_time_ms, e.menu_time_ms, e.hold_count, e.offer_count,
       coalesce(e.preparation_time_ms,0)+coalesce(e.engagement_time_ms,0)+coalesce(e.wrap_up_time_ms,0) as handling_time_ms,
       greatest(e.engagement_time_ms-coalesce(e.hold_time_ms,0),0) as talk_time_ms,
       e.updated_at
from journey.engagement e join etl.data_source ds using (data_source_id)
where not e.is_deleted and e.engagement_type <> 'Technical';

create view bi.fact_conversation as
select c.conversation_id, c.data_source_id, c.source_task_id, c.contact_id, c.customer_id, c.channel_type, c.channel, c.direction, c.company_contact,
       c.campaign, c.entry_point_id, c.first_queue_id, c.last_queue_id, c.conversation_start_time, c.end_time, c.status,
       c.is_offered, c.is_handled, c.is_abandoned, c.is_short, c.abandoned_stage, c.terminated_by, c.termination_reason, c.is_callback,
       c.csat_score, c.auto_csat, c.contact_driver, c.topic, c.variables, c.updated_at,
       to_char(c.conversation_start_time at time zone ds.reporting_time_zone,'YYYYMMDD')::int as start_date_key
from journey.conversation c join etl.data_source ds using (data_source_id) where not c.is_deleted;

create view bi.fact_turn as
select t.turn_id, t.conversation_id, t.engagement_id, t.data_source_id, t.turn_type, t.participant, t.agent_id, t.sequence_no, t.turn_time,
       to_char(t.turn_time at time zone ds.reporting_time_zone,'YYYYMMDD')::int as turn_date_key,
       t.duration_ms, t.length_chars, t.language, t.is_time_estimated, t.updated_at
from journey.turn t join etl.data_source ds using (data_source_id) where not t.is_deleted;

create view bi.fact_activity as
select a.*, st.state_group, st.name as agent_status_name,
       to_char(a.interval_time at time zone ds.reporting_time_zone,'YYYYMMDD')::int as interval_date_key
from journey.activity a join etl.data_source ds using (data_source_id) join journey.agent_status st using (agent_status_id) where not a.is_deleted;

-- the seed's nine metrics, per data source and local day
create view bi.metric_seed_daily as
with e as (
  select data_source_id, start_date_key as date_key,
    count(*) filter (where engagement_type='Agent')                              as agent_engagements,
    count(distinct conversation_id) filter (where engagement_type='Agent')       as agent_conversations,
    coalesce(sum(engagement_time_ms) filter (where engagement_type='Agent'),0)   as engagement_time_ms,
    coalesce(sum(wrap_up_time_ms) filter (where engagement_type in ('Agent','Consult')),0) as wrap_up_time_ms,
    coalesce(sum(menu_time_ms) filter (where engagement_type='Menu' and menu_phase in ('entry','after_transfer')),0) as menu_time_ms,
    count(*) filter (where engagement_type='Invitation' and invitation_result in ('missed','rejected')) as invitations,
    count(*) filter (where engagement_type='Invitation' and invitation_result='missed')                 as missed_invitations,
    count(distinct conversation_id) filter (where engagement_type='Invitation' and invitation_result in ('missed','rejected')) as invitation_conversations,
    count(distinct conversation_id) filter (where engagement_type='Invitation' and invitation_result='missed')                 as missed_invitation_conversations,
    count(*) filter (where engagement_type='Queue')                              as queue_engagements,
    count(distinct conversation_id) filter (where engagement_type='Queue')       as queue_conversations,
    coalesce(sum(queue_time_ms) filter (where engagement_type='Queue' and is_answered),0) as wait_time_answered_ms,
    coalesce(sum(queue_time_ms) filter (where engagement_type='Queue'),0)        as wait_time_all_ms
  from bi.fact_engagement group by 1,2),
a as (
  select data_source_id, interval_date_key as date_key, sum(activity_time_ms) filter (where state_group='Available') as available_time_ms
  from bi.fact_activity group by 1,2)
select data_source_id, date_key, e.agent_engagements, e.agent_conversations, coalesce(a.available_time_ms,0) as available_time_ms,
       e.engagement_time_ms, e.menu_time_ms, e.invitations, e.missed_invitations, e.invitation_conversations, e.missed_invitation_conversations, e.queue_engagements, e.queue_conversations,
       e.wait_time_answered_ms, e.wait_time_all_ms, e.wrap_up_time_ms
from e full join a using (data_source_id, date_key);

create view bi.metric_queue_interval as
select data_source_id, start_date_key as date_key, start_quarter_hour_key as quarter_hour_key, queue_id, channel_type,
  count(*) as queue_engagements,
  count(*) filter (where is_answered) as answered,
  count(*) filter (where is_abandoned) as abandoned,
  count(*) filter (where is_short_abandon) as short_abandoned,
  sum(queue_time_ms) as wait_time_ms, max(queue_time_ms) as max_wait_time_ms,
  sum(queue_time_ms) filter (where is_answered) as answer_wait_time_ms,
  count(*) filter (where service_level='Met') as service_level_met,
  count(*) filter (where service_level in ('Met','Missed')) as service_level_eligible
from bi.fact_engagement where engagement_type='Queue' group by 1,2,3,4,5;

create view bi.metric_agent_daily as
with e as (
  select data_source_id, start_date_key as date_key, agent_id,
    count(*) filter (where engagement_type='Agent') as agent_engagements,
    count(distinct conversation_id) filter (where engagement_type='Agent') as agent_conversations,
    coalesce(sum(engagement_time_ms) filter (where engagement_type='Agent'),0) as engagement_time_ms,
    coalesce(sum(hold_time_ms) filter (where engagement_type='Agent'),0) as hold_time_ms,
    coalesce(sum(wrap_up_time_ms),0) as wrap_up_time_ms,
    coalesce(sum(handling_time_ms) filter (where engagement_type='Agent'),0) as handling_time_ms,
    count(*) filter (where engagement_type='Consult') as consults_answered,
    coalesce(sum(engagement_time_ms) filter (where engagement_type='Consult'),0) as consult_time_ms,
    count(*) filter (where engagement_type='Invitation' and invitation_result in ('missed','rejected')) as invitations,
    count(*) filter (where engagement_type='Invitation' and invitation_result='missed') as missed_invitations,
    count(*) filter (where engagement_type='Agent' and transfer_out_type is not null) as transfers_out
  from bi.fact_engagement where agent_id is not null and engagement_type <> 'Menu' group by 1,2,3),
a as (
  select data_source_id, interval_date_key as date_key, agent_id,
    coalesce(sum(activity_time_ms) filter (where state_group='Available'),0) as available_time_ms,
    coalesce(sum(activity_time_ms) filter (where state_group='Busy'),0)      as busy_time_ms,
    coalesce(sum(activity_time_ms) filter (where state_group='Wrap Up'),0)   as state_wrap_up_time_ms,
    coalesce(sum(activity_time_ms) filter (where state_group='Idle'),0)      as idle_time_ms,
    coalesce(sum(activity_time_ms) filter (where state_group='Not Responding'),0) as not_responding_time_ms,
    coalesce(sum(activity_time_ms) filter (where state_group<>'Logged Out'),0) as logged_in_time_ms
  from bi.fact_activity group by 1,2,3)
select *, round((busy_time_ms+state_wrap_up_time_ms)::numeric / nullif(busy_time_ms+state_wrap_up_time_ms+available_time_ms,0),4) as occupancy
from e full join a using (data_source_id, date_key, agent_id);

-- data quality: ours vs Webex, one row per Task
create view bi.qa_task_reconciliation as
select c.data_source_id, c.source_task_id, c.conversation_start_time, c.is_car_complete,
  coalesce(sum(e.hold_time_ms) filter (where e.engagement_type='Agent'),0)    - c.source_hold_ms    as hold_diff_ms,
  coalesce(sum(e.parked_time_ms) filter (where e.engagement_type='Queue'),0)  - c.source_queue_ms   as queue_diff_ms,
  coalesce(sum(e.wrap_up_time_ms),0)                                          - c.source_wrap_up_ms as wrap_up_diff_ms,
  coalesce(sum(e.engagement_time_ms-coalesce(e.hold_time_ms,0)) filter (where e.engagement_type='Agent'),0) - c.source_connected_ms as connected_diff_ms,
  coalesce(bool_or(e.engagement_type='Agent'),false) is distinct from c.is_handled as handled_mismatch
from journey.conversation c
left join journey.engagement e on e.conversation_id=c.conversation_id and e.conversation_start_time=c.conversation_start_time and not e.is_deleted
where not c.is_deleted and c.status='Completed'
group by c.data_source_id, c.source_task_id, c.conversation_start_time, c.is_car_complete, c.source_hold_ms, c.source_queue_ms, c.source_wrap_up_ms, c.source_connected_ms, c.is_handled;

-- incremental extraction: rows with tombstones; read updated_at > :last and updated_at <= freshness.safe_until
create view bi.sync_engagement as
select engagement_id, conversation_id, data_source_id, conversation_start_time, engagement_type, is_deleted, updated_at from journey.engagement where engagement_type <> 'Technical';
create view bi.sync_conversation as
select conversation_id, data_source_id, conversation_start_time, source_task_id, is_deleted, updated_at from journey.conversation;
create view bi.sync_turn as
select turn_id, conversation_id, data_source_id, conversation_start_time, turn_type, is_deleted, updated_at from journey.turn;
create view bi.sync_activity as
select activity_id, agent_id, data_source_id, interval_time, is_deleted, updated_at from journey.activity;

create function etl.safe_until() returns timestamptz language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(min(xact_start), clock_timestamp()) from pg_stat_activity
  where datname = current_database() and application_name like 'wxcc-%' and state <> 'idle' and pid <> pg_backend_pid()
$$;

create view bi.completeness_window as
select w.data_source_id, w.stream, w.window_start, w.window_start + interval '15 minutes' as window_end, w.state,
       w.expected, w.expected_at, w.stored, w.stored_at, w.incomplete, w.open_records, w.finding
from etl.load_window w;

create view bi.freshness as
select ds.data_source_id,
       (select coalesce(min(w.window_start) filter (where w.state not in ('verified','sealed','expired')), max(w.window_start) + interval '15 minutes')
        from etl.load_window w where w.data_source_id = ds.data_source_id and w.stream = 'task') as tasks_complete_until,
       (select m.complete_until from etl.watermark m where m.data_source_id = ds.data_source_id and m.pass = 'agent_time') as agent_time_complete_until,
       etl.safe_until() as safe_until
from etl.data_source ds;

create view bi.completeness as
with task as (
  select data_source_id, (window_start at time zone 'UTC')::date as day, count(*) as windows,
    count(*) filter (where state in ('verified','sealed')) as windows_verified,
    sum(expected) as tasks_expected, sum(stored) as tasks_stored, sum(open_records) as tasks_open, max(window_start) as last_window
  from etl.load_window where stream = 'task' group by 1, 2),
session as (
  select data_source_id, (window_start at time zone 'UTC')::date as day, count(*) as windows,
    count(*) filter (where state in ('verified','sealed')) as windows_verified
  from etl.load_window where stream = 'agent_session' group by 1, 2)
select t.data_source_id, t.day, t.windows as task_windows, t.windows_verified as task_windows_verified,
  s.windows as session_windows, s.windows_verified as session_windows_verified,
  t.tasks_expected, t.tasks_stored, coalesce(t.tasks_open, 0) as tasks_open, f.agent_time_complete_until,
  (t.windows = t.windows_verified and s.windows = s.windows_verified and coalesce(t.tasks_open, 0) = 0
   and f.agent_time_complete_until >= t.last_window + interval '15 minutes') as is_complete
from task t join bi.freshness f using (data_source_id) left join session s using (data_source_id, day);
`)
    .execute(db)
}
