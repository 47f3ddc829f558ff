import { type Kysely, sql } from 'kysely'

/** One age for each kind of what is kept, where one age was for all files. Files of all kinds keep the age that they had. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.data_source rename column retention_days to recording_days;
alter table etl.data_source
  add column transcript_days integer check (transcript_days > 0),
  add column personal_days   integer check (personal_days > 0),
  add column page_days       integer check (page_days >= 35);
update etl.data_source set transcript_days = recording_days;
comment on column etl.data_source.recording_days is 'Age at which recordings leave, by the start of the conversation; null = never.';
comment on column etl.data_source.transcript_days is 'Age at which transcripts and attachments leave, and what was written in them; null = never.';
comment on column etl.data_source.personal_days is 'Age at which names, comments, variables and texts leave pii, and addresses that nobody has used since; null = never.';
comment on column etl.data_source.page_days is 'Age at which the answers of the vendor leave and quarter hours expire; null = never. A span is 30 days at most.';

alter table etl.raw_page add column removed_at timestamptz;
comment on column etl.raw_page.removed_at is 'When retention removed the object; null = it is there.';
create index raw_page_kept on etl.raw_page (data_source_id, fetch_id) where removed_at is null;
create index contact_last_seen on journey.contact (last_seen_at);
-- Rows come roughly in order of time, and a look for old ones needs no more.
create index conversation_detail_start on pii.conversation_detail using brin (conversation_start_time);
create index turn_content_start on pii.turn_content using brin (conversation_start_time);
`)
    .execute(db)
}
