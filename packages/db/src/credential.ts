import { RetryableError } from '@wxcc/contracts/failures'
import { Secret } from '@wxcc/contracts/secret'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database } from './connect.ts'
import { type RefreshTurn, sealedTokens, takeRefreshTurn } from './credential-turn.ts'
import type { DB, EtlCredential } from './schema.ts'
import { type SealingKey, keyIdsOf, seal, unseal } from './seal.ts'

/** A client id with its secrets, unsealed: lives in memory only. */
export interface Credential {
  readonly credentialId: number
  readonly clientId: string
  readonly clientSecret: Secret
  readonly tokenUrl: string
  readonly refreshToken: Secret
  /** Epoch ms, as the vendor returned it; null when never told. */
  readonly refreshTokenExpiresAtMs: number | null
  readonly accessToken: Secret | null
  readonly accessTokenExpiresAtMs: number | null
  readonly state: 'active' | 'needs_consent'
  readonly rateLimitPerMinute: number
}

export interface RefreshedTokens {
  readonly accessToken: Secret
  readonly accessTokenExpiresAtMs: number
  readonly refreshToken: Secret
  readonly refreshTokenExpiresAtMs: number | null
}

export interface Credentials {
  read(credentialId: number): Promise<Credential>
  /** One credential as `createTokenSource` of the webex package wants it. */
  storeOf(credentialId: number): {
    read(): Promise<Credential>
    takeTurn<T>(work: (turn: RefreshTurn) => Promise<T>): Promise<{ readonly value: T } | undefined>
  }
  /** Puts other secrets in the place of these: somebody consented again. What waited for it goes on by itself. */
  replace(
    credentialId: number,
    secrets: RefreshedTokens & {
      readonly clientId: string
      readonly clientSecret: Secret | string
      readonly tokenUrl: string
      readonly nowMs: number
    },
  ): Promise<void>
  add(credential: {
    readonly clientId: string
    readonly clientSecret: Secret | string
    readonly tokenUrl: string
    readonly refreshToken: Secret | string
    readonly rateLimitPerMinute?: number
  }): Promise<number>
}

export function openCredentials(db: Database | Transaction<DB>, key: SealingKey): Credentials {
  // A turn holds one connection and needs a second one for a moment: one turn at a time can never empty the pool.
  let turns: Promise<unknown> = Promise.resolve()

  async function read(credentialId: number): Promise<Credential> {
    const row = await db
      .selectFrom('etl.credential')
      .selectAll()
      .where('credential_id', '=', credentialId)
      .executeTakeFirstOrThrow()
    return toCredential(row, key)
  }

  return {
    read,
    storeOf: (credentialId) => ({
      read: () => read(credentialId),
      takeTurn(work) {
        const turn = turns.then(() => takeRefreshTurn(db, key, credentialId, (row) => toCredential(row, key), work))
        turns = turn.catch(() => {})
        return turn
      },
    }),
    async replace(credentialId, secrets) {
      await db
        .updateTable('etl.credential')
        .set((eb) => ({
          client_id: secrets.clientId,
          token_url: secrets.tokenUrl,
          ...sealedTokens(key, secrets.clientSecret, secrets, secrets.nowMs),
          // A refresh that is under way meanwhile comes too late, whatever it brings.
          refresh_fence: eb('refresh_fence', '+', 1),
          saved_fence: eb('refresh_fence', '+', 1),
        }))
        .where('credential_id', '=', credentialId)
        .execute()
      // A source that the old token was refused for is given another try.
      await db
        .updateTable('etl.data_source')
        .set({ state: 'active', stop_code: null, updated_at: sql<Date>`now()` })
        .where('credential_id', '=', credentialId)
        .where((eb) =>
          eb.or([
            eb('state', '=', 'removed'),
            eb.and([eb('state', '=', 'stopped'), eb('stop_code', 'in', ['vendor_forbidden', 'vendor_unauthorized'])]),
          ]),
        )
        .execute()
    },
    async add(credential) {
      const row = await db
        .insertInto('etl.credential')
        .values({
          client_id: credential.clientId,
          token_url: credential.tokenUrl,
          key_id: key.keyId,
          client_secret_sealed: seal(key, Secret.of(credential.clientSecret).reveal()),
          refresh_token_sealed: seal(key, Secret.of(credential.refreshToken).reveal()),
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
  if (!keyIdsOf(key).includes(row.key_id)) throw new RetryableError('credential_sealed')
  const open = (sealed: Buffer) => new Secret(unseal(key, sealed, row.key_id))
  return {
    credentialId: row.credential_id,
    clientId: row.client_id,
    clientSecret: open(row.client_secret_sealed),
    tokenUrl: row.token_url,
    refreshToken: open(row.refresh_token_sealed),
    refreshTokenExpiresAtMs: row.refresh_token_expires_at?.getTime() ?? null,
    accessToken: row.access_token_sealed && open(row.access_token_sealed),
    accessTokenExpiresAtMs: row.access_token_expires_at?.getTime() ?? null,
    state: row.state as Credential['state'],
    rateLimitPerMinute: row.rate_limit_per_minute,
  }
}
