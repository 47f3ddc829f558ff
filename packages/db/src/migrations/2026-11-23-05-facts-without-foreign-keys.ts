import { type Kysely, sql } from 'kysely'

/**
 * What the mapper writes for every task is as light as its readers allow (ADR 0016). Foreign keys between the facts of a task, and from the
 * ledger's rows of a task, go: checking them took two thirds of the time of writing an engagement, and every check locks the row it points at.
 * A task is written whole in one transaction, and `bi.qa_orphans` shows what would point nowhere. Two indexes go with them: the natural key,
 * which the deterministic id repeats, and the contact's engagements, which its conversations lead to.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
do $$
declare k record;
begin
  for k in
    select conname, conrelid::regclass as child from pg_constraint
    where contype = 'f' and conparentid = 0 and conrelid in ('journey.engagement'::regclass, 'journey.turn'::regclass,
      'pii.turn_content'::regclass, 'pii.conversation_detail'::regclass, 'etl.task_source'::regclass, 'etl.capture'::regclass)
  loop
    execute format('alter table %s drop constraint %I', k.child, k.conname);
  end loop;
  for k in
    select conname from pg_constraint
    where contype = 'u' and conparentid = 0 and conrelid = 'journey.engagement'::regclass
  loop
    execute format('alter table journey.engagement drop constraint %I', k.conname);
  end loop;
end $$;
drop index journey.engagement_contact;
`)
    .execute(db)
}
