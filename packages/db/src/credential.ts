import { RetryableError } from '@wxcc/contracts/failures'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { DB, EtlCredential } from './schema.ts'
import { type SealingKey, seal, unseal } from './seal.ts'

/** A client id with its secrets, unsealed: lives in memory only. */
export interface Credential {
  readonly credentialId: number
  readonly clientId: string
  readonly clientSecret: string
  readonly tokenUrl: string
  readonly refreshToken: string
  /** Epoch ms, as the vendor returned it; null when never told. */
  readonly refreshTokenExpiresAtMs: number | null
  readonly accessToken: string | null
  readonly accessTokenExpiresAtMs: number | null
  readonly state: 'active' | 'needs_consent'
  readonly rateLimitPerMinute: number
}

export interface RefreshedTokens {
  readonly accessToken: string
  readonly accessTokenExpiresAtMs: number
  readonly refreshToken: string
  readonly refreshTokenExpiresAtMs: number | null
}

export interface Credentials {
  read(credentialId: number): Promise<Credential>
  /** Holds the row locked while `work` runs, so that one process refreshes and the others find the new token. */
  withLock<T>(
    credentialId: number,
    work: (credential: Credential, save: (tokens: RefreshedTokens) => Promise<void>) => Promise<T>,
  ): Promise<T>
  /** The refresh token is dead: nothing is admitted for its sources until somebody connects them again. */
  markNeedsConsent(credentialId: number): Promise<void>
  /** Puts other secrets in the place of these: somebody consented again. What waited for it goes on by itself. */
  replace(
    credentialId: number,
    secrets: RefreshedTokens & {
      readonly clientId: string
      readonly clientSecret: string
      readonly tokenUrl: string
    },
  ): Promise<void>
  add(credential: {
    readonly clientId: string
    readonly clientSecret: string
    readonly tokenUrl: string
    readonly refreshToken: string
    readonly rateLimitPerMinute?: number
  }): Promise<number>
}

export function openCredentials(db: Database | Transaction<DB>, key: SealingKey): Credentials {
  return {
    async read(credentialId) {
      const row = await db
        .selectFrom('etl.credential')
        .selectAll()
        .where('credential_id', '=', credentialId)
        .executeTakeFirstOrThrow()
      return toCredential(row, key)
    },
    withLock(credentialId, work) {
      return db.transaction().execute(async (tx) => {
        const row = await tx
          .selectFrom('etl.credential')
          .selectAll()
          .where('credential_id', '=', credentialId)
          .forUpdate()
          .executeTakeFirstOrThrow()
        return work(toCredential(row, key), async (tokens) => {
          await tx
            .updateTable('etl.credential')
            .set({
              key_id: key.keyId,
              client_secret_sealed: seal(key, unseal(key, row.client_secret_sealed)),
              access_token_sealed: seal(key, tokens.accessToken),
              access_token_expires_at: new Date(tokens.accessTokenExpiresAtMs),
              refresh_token_sealed: seal(key, tokens.refreshToken),
              refresh_token_expires_at:
                tokens.refreshTokenExpiresAtMs === null ? null : new Date(tokens.refreshTokenExpiresAtMs),
              state: 'active',
              updated_at: sql<Date>`now()`,
            })
            .where('credential_id', '=', credentialId)
            .execute()
        })
      })
    },
    async markNeedsConsent(credentialId) {
      await db
        .updateTable('etl.credential')
        .set({ state: 'needs_consent', updated_at: sql<Date>`now()` })
        .where('credential_id', '=', credentialId)
        .execute()
    },
    async replace(credentialId, secrets) {
      await db
        .updateTable('etl.credential')
        .set({
          client_id: secrets.clientId,
          token_url: secrets.tokenUrl,
          key_id: key.keyId,
          client_secret_sealed: seal(key, secrets.clientSecret),
          access_token_sealed: seal(key, secrets.accessToken),
          access_token_expires_at: new Date(secrets.accessTokenExpiresAtMs),
          refresh_token_sealed: seal(key, secrets.refreshToken),
          refresh_token_expires_at:
            secrets.refreshTokenExpiresAtMs === null ? null : new Date(secrets.refreshTokenExpiresAtMs),
          state: 'active',
          updated_at: sql<Date>`now()`,
        })
        .where('credential_id', '=', credentialId)
        .execute()
      // A source that the old token was refused for is given another try.
      await db
        .updateTable('etl.data_source')
        .set({ state: 'active', stop_code: null, updated_at: sql<Date>`now()` })
        .where('credential_id', '=', credentialId)
        .where('state', '=', 'stopped')
        .where('stop_code', 'in', ['vendor_forbidden', 'vendor_unauthorized'])
        .execute()
    },
    async add(credential) {
      const row = await db
        .insertInto('etl.credential')
        .values({
          client_id: credential.clientId,
          token_url: credential.tokenUrl,
          key_id: key.keyId,
          client_secret_sealed: seal(key, credential.clientSecret),
          refresh_token_sealed: seal(key, credential.refreshToken),
          ...(credential.rateLimitPerMinute === undefined
            ? {}
            : { rate_limit_per_minute: credential.rateLimitPerMinute }),
        })
        .returning('credential_id')
        .executeTakeFirstOrThrow()
      return row.credential_id
    },
  }
}

/** Throws `RetryableError('credential_sealed')`: workers with the right key may take over before the attempts are spent. */
function toCredential(row: Selectable<EtlCredential>, key: SealingKey): Credential {
  if (row.key_id !== key.keyId) throw new RetryableError('credential_sealed')
  return {
    credentialId: row.credential_id,
    clientId: row.client_id,
    clientSecret: unseal(key, row.client_secret_sealed),
    tokenUrl: row.token_url,
    refreshToken: unseal(key, row.refresh_token_sealed),
    refreshTokenExpiresAtMs: row.refresh_token_expires_at?.getTime() ?? null,
    accessToken: row.access_token_sealed && unseal(key, row.access_token_sealed),
    accessTokenExpiresAtMs: row.access_token_expires_at?.getTime() ?? null,
    state: row.state as Credential['state'],
    rateLimitPerMinute: row.rate_limit_per_minute,
  }
}
