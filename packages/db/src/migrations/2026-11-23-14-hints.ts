import { type Kysely, sql } from 'kysely'

/** What the vendor's webhooks told us of: hints that wake a pass early. Nothing depends on one arriving. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table etl.hint (
  data_source_id smallint not null references etl.data_source,
  kind           text not null check (kind in ('task','capture')),
  task_id        text not null check (length(task_id) <= 100),
  received_at    timestamptz not null,
  primary key (data_source_id, kind, task_id)
);
comment on table etl.hint is 'Tasks that a webhook of the vendor named (task: it changed; capture: a recording is there), until the planner has acted on it.';
`)
    .execute(db)
}
