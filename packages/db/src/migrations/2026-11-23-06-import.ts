import { type Kysely, sql } from 'kysely'

/** Sources of other vendors: their rows are imported from files, so they have no credential, no address and no ledger. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table etl.data_source
  alter column credential_id drop not null,
  alter column api_url drop not null,
  alter column data_center drop not null,
  add check (vendor <> 'webex_cc' or (credential_id is not null and api_url is not null and data_center is not null));
comment on column etl.data_source.vendor is 'webex_cc is loaded by this pipeline; every other vendor is imported (wxcc import).';
`)
    .execute(db)
}
