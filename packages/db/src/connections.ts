import { type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { Credential } from './credential.ts'
import type { DB } from './schema.ts'

/** A credential seen from outside: how long it will do, without its secrets. Times are epoch ms. */
export interface Connection {
  readonly credentialId: number
  /** Keys of the sources that use it; those that were removed do not. */
  readonly sources: readonly string[]
  readonly state: Credential['state']
  /** When the stored tokens were granted; null = they were typed in and never used. */
  readonly refreshedAtMs: number | null
  /** End of the refresh token as the vendor said with the last grant; null = it did not say. */
  readonly endsAtMs: number | null
  /** When a refresh was tried last, whatever came of it. */
  readonly triedAtMs: number | null
  /** Alarm level it stands at: days left, 0 = lost; null = all is well. */
  readonly alarmedDays: number | null
  /** Why it needs consent: a failure code. */
  readonly consentCode: string | null
}

/** Every credential that a source uses, whether that is loaded right now or not. */
export async function listConnections(db: Database | Transaction<DB>): Promise<Connection[]> {
  const { rows } = await sql<Connection>`
    select c.credential_id as "credentialId", array_agg(s.data_source_key order by s.data_source_key) as sources, c.state,
      (extract(epoch from c.refreshed_at) * 1000)::bigint as "refreshedAtMs",
      (extract(epoch from c.refresh_token_expires_at) * 1000)::bigint as "endsAtMs",
      (extract(epoch from c.refresh_began_at) * 1000)::bigint as "triedAtMs",
      c.alarmed_days as "alarmedDays", c.consent_code as "consentCode"
    from etl.credential c join etl.data_source s using (credential_id)
    where s.state <> 'removed' group by c.credential_id order by c.credential_id`.execute(db)
  return rows
}
