import { type Kysely, sql } from 'kysely'

/** What a client id's budget has learned, and what of it is left to the customer's other programs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.credential
  add column budget_share       double precision not null default 1 check (budget_share > 0 and budget_share <= 1),
  add column learned_per_minute double precision check (learned_per_minute > 0),
  add column throttled_at       timestamptz,
  add column closed_until       timestamptz;
comment on column etl.credential.budget_share is 'Part of the vendor''s limit that is ours, 0-1; the rest is left to other programs of this client id.';
comment on column etl.credential.learned_per_minute is 'Requests per minute the vendor was taken to allow right after its last 429; null when it never sent one.';
comment on column etl.credential.throttled_at is 'When learned_per_minute was learned; from then on it rises again.';
comment on column etl.credential.closed_until is 'Nobody may ask before: the vendor''s last Retry-After. Kept here too, since Redis may forget it.';
`)
    .execute(db)
}
