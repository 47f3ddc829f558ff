import { type Kysely, sql } from 'kysely'

/** Imported journeys may be older, and open ends later, than the days that `bi.dim_date` began with. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
insert into bi.dim_date
select to_char(d,'YYYYMMDD')::int, d::date, extract(year from d), extract(quarter from d), extract(month from d), to_char(d,'FMMonth'),
       extract(isoyear from d), extract(week from d), extract(day from d), extract(isodow from d), to_char(d,'FMDay'), extract(isodow from d) > 5
from generate_series(date '2000-01-01', date '2059-12-31', interval '1 day') d
on conflict do nothing;
`)
    .execute(db)
}
