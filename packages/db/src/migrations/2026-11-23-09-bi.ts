import { type Kysely, sql } from 'kysely'

/**
 * How far an incremental extraction may read, itself included: just before the oldest open transaction of ours began, since that very moment is what its
 * rows will carry; or just before now. "Now" is when the statement began, which is before open transactions are looked at, so that none can begin
 * and end in between. The reader asks for it in a statement of its own, ahead of the rows: what ended by then is in the rows' snapshot.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create or replace function etl.safe_until() returns timestamptz language sql stable security definer set search_path = pg_catalog as $$
  select least(min(coalesce(xact_start, query_start)), statement_timestamp()) - interval '1 microsecond' from pg_stat_activity
  where datname = current_database() and application_name like 'wxcc-%' and state <> 'idle' and pid <> pg_backend_pid()
$$;
`)
    .execute(db)
}
