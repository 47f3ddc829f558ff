import { type Kysely, sql } from 'kysely'

/** Who may look at the board and who may act on it, their sessions, and what people did here. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table etl.board_user (
  user_name     text primary key check (user_name ~ '^[A-Za-z0-9._@-]{1,60}$'),
  role          text not null check (role in ('viewer','operator')),
  password_hash text not null,
  created_at    timestamptz not null
);
comment on table etl.board_user is 'People with a password of the board (wxcc users). Those of OIDC and of the settings are not here.';
comment on column etl.board_user.password_hash is 'scrypt with its salt and cost.';

create table etl.board_session (
  session_hash   bytea primary key,
  user_name      text not null,
  role           text not null check (role in ('viewer','operator')),
  method         text not null check (method in ('settings','password','oidc')),
  created_at     timestamptz not null,
  expires_at     timestamptz not null,
  consent_sealed bytea
);
create index board_session_ended on etl.board_session (expires_at);
create index board_session_user on etl.board_session (user_name) where method = 'password';
comment on table etl.board_session is 'Who is logged in to the board. Only a hash of what the browser holds.';
comment on column etl.board_session.consent_sealed is 'A connection that this session began at /connect and the vendor has not answered; sealed.';

create table etl.audit_entry (
  audit_entry_id bigint generated always as identity primary key,
  at             timestamptz not null,
  actor          text not null,
  via            text not null check (via in ('cli','board')),
  action         text not null,
  subject        text not null,
  details        jsonb not null default '{}'
);
create index audit_entry_at on etl.audit_entry (at);
comment on table etl.audit_entry is 'What people did: repairs, replays, erasures, users, sources. Written before the act; ids and settings only, never a customer.';
comment on column etl.audit_entry.actor is 'Name of the board''s user, or of the account that ran wxcc.';
create function etl.refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'etl.audit_entry is only ever added to';
end $$;
create trigger audit_entry_kept before update or delete or truncate on etl.audit_entry
  for each statement execute function etl.refuse_audit_change();

grant select, insert, update, delete on etl.board_user, etl.board_session to etl_writer;
grant select, insert on etl.audit_entry to etl_writer;
`)
    .execute(db)
}
