import { type Kysely, sql } from 'kysely'

/** Comments that reporting tools show, and the group roles a login user is put into. Roles are shared by a whole server, so they may exist already. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
comment on table  journey.conversation is 'One row per Webex Task (CSR). Salted concept: Conversation. Webex does not group Tasks further.';
comment on column journey.conversation.conversation_id is 'Deterministic UUIDv5 of (data source key, "conversation", Task id).';
comment on column journey.conversation.conversation_start_time is 'CSR createdTime, UTC. Partition key; immutable.';
comment on column journey.conversation.source_task_id is 'Webex Task id = CSR id = interaction id.';
comment on column journey.conversation.is_car_complete is 'True when the number of CARs held equals activities.totalCount.';
comment on column journey.conversation.source_queue_ms is 'CSR queueDuration as delivered (parked only, no ringing). For reconciliation.';
comment on table  journey.engagement is 'One row per participation segment of a Task. Salted concept: Engagement. Filter engagement_type before counting.';
comment on column journey.engagement.engagement_id is 'Deterministic UUIDv5 of (data source key, engagement_type, anchor_record_id).';
comment on column journey.engagement.engagement_type is 'Agent, Menu, Queue, Invitation, Bot, Consult, External or Technical.';
comment on column journey.engagement.anchor_record_id is 'Id of the CAR that opened the segment. Natural key with type and data source.';
comment on column journey.engagement.source_record_ids is 'All CAR ids the row was derived from; their pages are listed in etl.task_source.';
comment on column journey.engagement.start_time is 'UTC. Agent: moment the agent was connected. Includes preparation, excludes ringing.';
comment on column journey.engagement.end_time is 'UTC. Includes wrap-up. Null while in progress.';
comment on column journey.engagement.queue_time_ms is 'Queue rows: queue entry until agent joined / caller left. Includes ringing.';
comment on column journey.engagement.parked_time_ms is 'Queue rows: part of queue_time_ms spent parked, comparable to Webex queueDuration.';
comment on column journey.engagement.invitation_time_ms is 'Ringing time of the offer that led to this row (Agent), or of the missed offer (Invitation).';
comment on column journey.engagement.engagement_time_ms is 'Agent joined until agent left the contact. Includes hold and consult, excludes wrap-up.';
comment on column journey.engagement.hold_time_ms is 'Part of engagement_time_ms with the customer on hold.';
comment on column journey.engagement.wrap_up_time_ms is 'After-contact work of this agent for this contact. Not part of engagement_time_ms.';
comment on column journey.engagement.menu_time_ms is 'Menu rows: time in the flow before queue, agent or hang-up.';
comment on column journey.engagement.invitation_result is 'missed = rang out (RONA); rejected = declined or device busy; failed = technical error.';
comment on column journey.engagement.is_synthetic is 'True when no Webex step of this kind existed and the row was implied (e.g. queue without a parked step).';
comment on column journey.engagement.service_level is 'Met, Missed or Ignore (short abandon, callback, direct routing).';
comment on column journey.engagement.is_deleted is 'Tombstone. Segment no longer derived after a reload; bi views hide it.';
comment on column journey.engagement.updated_at is 'Last time the content changed (not merely reloaded). Use for incremental extraction.';
comment on table  journey.activity is 'Agent time per status and 15-minute interval. Salted concept: Activity. Channels already collapsed to one timeline per agent.';
comment on column journey.activity.interval_time is 'UTC start of the quarter hour. All time inside the interval is attributed to it.';
comment on column journey.activity.activity_time_ms is 'Wall-clock ms in the status, 0-900000. Sums over statuses never exceed 900000 per agent and interval.';
comment on column journey.activity.available_capacity_ms is 'Channel-slot ms offered (all channels, consumed included). Interpretation of Salted capacity is ours.';
comment on view   bi.fact_engagement is 'Reporting view over engagements. Excludes Technical and deleted rows. Dates in the data source reporting time zone.';
comment on view   bi.metric_seed_daily is 'The nine metrics of the integration article, per data source and local day. All times in ms.';
comment on view bi.completeness is 'May I trust this day? One row per data source and UTC day; is_complete is true when all three figures hold.';
comment on view bi.completeness_window is 'The proof behind bi.completeness: expected and stored records of every quarter hour.';
comment on view bi.freshness is 'How far each data source is complete, and up to which updated_at an incremental extraction may read.';

do $$
declare r text;
begin
  foreach r in array array['etl_writer','bi_reader','bi_pii_reader'] loop
    begin
      execute format('create role %I nologin', r);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;
grant bi_reader to bi_pii_reader;
grant usage on schema etl, journey, pii to etl_writer;
grant select, insert, update, delete on all tables in schema etl, journey, pii to etl_writer;
grant usage on schema bi to bi_reader;
grant select on all tables in schema bi to bi_reader;
alter default privileges in schema bi grant select on tables to bi_reader;
grant usage on schema pii to bi_pii_reader;
grant select on all tables in schema pii to bi_pii_reader;
`)
    .execute(db)
}
