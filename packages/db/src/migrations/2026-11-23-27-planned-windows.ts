import { type Kysely, sql } from 'kysely'

/**
 * What every tick looks for among planned quarter hours: those not counted, those not cut into spans, and among these the empty ones. While a year of
 * history is read there are tens of thousands of others, which were read through each time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create index load_window_uncounted on etl.load_window (data_source_id, stream, window_start) where state = 'planned' and expected is null;
create index load_window_uncut on etl.load_window (data_source_id, stream, window_start desc)
  where state = 'planned' and fetch_id is null and expected is not null;
create index load_window_empty on etl.load_window (data_source_id) where state = 'planned' and fetch_id is null and expected = 0;
`)
    .execute(db)
}
