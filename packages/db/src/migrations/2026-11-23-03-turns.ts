import { type Kysely, sql } from 'kysely'

/** Steps of the flow become turns, and say which step it was. The natural key goes, as it does from engagements: the id is a hash of it (ADR 16). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table journey.turn add column category text;
comment on column journey.turn.category is 'Menu Step: the flow node that ran, as the source names it.';
do $$
declare k record;
begin
  for k in
    select conname from pg_constraint where contype = 'u' and conparentid = 0 and conrelid = 'journey.turn'::regclass
  loop
    execute format('alter table journey.turn drop constraint %I', k.conname);
  end loop;
end $$;
`)
    .execute(db)
}
