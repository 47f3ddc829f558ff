import { type Kysely, sql } from 'kysely'

/** Schema `pii`: everything that identifies a person, apart from the facts, so that it can be granted and erased apart. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create schema pii;

create table pii.contact_identity (
  contact_id uuid primary key,
  normalized_value text not null, raw_value text not null, display_name text,
  updated_at timestamptz not null default now());

create table pii.turn_content (
  turn_id uuid not null, conversation_start_time timestamptz not null,
  body_text text, subject text, body_html_uri text, headers jsonb, source jsonb,
  updated_at timestamptz not null default now(),
  primary key (turn_id, conversation_start_time),
  foreign key (turn_id, conversation_start_time) references journey.turn (turn_id, conversation_start_time) on delete cascade);

create table pii.conversation_detail (
  conversation_id uuid not null, conversation_start_time timestamptz not null,
  customer_name text, survey_comment text, variables jsonb,
  updated_at timestamptz not null default now(),
  primary key (conversation_id, conversation_start_time),
  foreign key (conversation_id, conversation_start_time) references journey.conversation (conversation_id, conversation_start_time) on delete cascade);
`)
    .execute(db)
}
