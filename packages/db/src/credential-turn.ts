import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '@wxcc/contracts/secret'
import { type Selectable, sql } from 'kysely'
import type { Database } from './connect.ts'
import type { Credential, RefreshedTokens } from './credential.ts'
import type { EtlCredential } from './schema.ts'
import { type SealingKey, seal } from './seal.ts'

/**
 * One process' turn to refresh one credential. The lease is an advisory lock, which Postgres ends with the connection of a process that dies; the
 * fence is a counter taken before the vendor is asked, so that who lost its lease unnoticed still does no harm.
 */
export interface RefreshTurn {
  /** As it is now that nobody else refreshes it. */
  readonly credential: Credential
  /** Committed before the vendor is asked: takes the next fence. */
  begin(nowMs: number): Promise<void>
  /**
   * Keeps what the vendor granted, in one statement. False: a later refresh, or another consent, was stored meanwhile; that one counts. Tried
   * again for some seconds while Postgres is away: a rotated token exists nowhere else.
   */
  save(tokens: RefreshedTokens, nowMs: number): Promise<boolean>
  /** The vendor took none of what was sent: the credential needs consent. False: other tokens were stored meanwhile, so nothing is known of them. */
  refuse(nowMs: number): Promise<boolean>
}

/** First number of Postgres' two-number advisory locks; the second is the credential's id. */
const REFRESH_LOCK = 7_140_218
const SAVE_ATTEMPTS = 8
/** 0.1 s doubling, seven pauses: about 13 s, well within a lease's longest transaction (60 s). */
const FIRST_PAUSE_MS = 100

/** Runs `work` as the only one that refreshes this credential; undefined when another process does so right now. */
export async function takeRefreshTurn<T>(
  db: Database,
  key: SealingKey,
  credentialId: number,
  open: (row: Selectable<EtlCredential>) => Credential,
  work: (turn: RefreshTurn) => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  return db.transaction().execute(async (lease) => {
    const { rows } = await sql<{
      isOurs: boolean
    }>`select pg_try_advisory_xact_lock(${REFRESH_LOCK}, ${credentialId}) as "isOurs"`.execute(lease)
    if (!rows[0]!.isOurs) return undefined
    const row = await lease
      .selectFrom('etl.credential')
      .selectAll()
      .where('credential_id', '=', credentialId)
      .executeTakeFirstOrThrow()
    return { value: await work(turnOf(db, key, row, open(row))) }
  })
}

function turnOf(db: Database, key: SealingKey, row: Selectable<EtlCredential>, credential: Credential): RefreshTurn {
  let fence = row.refresh_fence
  const mine = () => db.updateTable('etl.credential').where('credential_id', '=', row.credential_id)
  return {
    credential,
    async begin(nowMs) {
      const begun = await mine()
        .set((eb) => ({ refresh_fence: eb('refresh_fence', '+', 1), refresh_began_at: new Date(nowMs) }))
        .returning('refresh_fence')
        .executeTakeFirstOrThrow()
      fence = begun.refresh_fence
    },
    async save(tokens, nowMs) {
      const save = mine()
        .set({ ...sealedTokens(key, credential.clientSecret, tokens, nowMs), saved_fence: fence })
        .where('saved_fence', '<', fence)
      const saved = await persistently(() => save.executeTakeFirst())
      return saved.numUpdatedRows === 1n
    },
    async refuse(nowMs) {
      const isExpired = (credential.refreshTokenExpiresAtMs ?? Infinity) <= nowMs
      const wasUnheard = row.refresh_fence > row.saved_fence
      const code = isExpired ? 'refresh_expired' : wasUnheard ? 'refresh_lost' : 'consent_needed'
      const refused = await mine()
        .set({
          state: 'needs_consent',
          consent_code: sql<string>`coalesce(consent_code, ${code})`,
          consent_since: sql<Date>`coalesce(consent_since, ${new Date(nowMs)})`,
          updated_at: sql<Date>`now()`,
        })
        .where('saved_fence', '=', row.saved_fence)
        .executeTakeFirst()
      return refused.numUpdatedRows === 1n
    },
  }
}

/** The columns that hold a grant: always written together, and with all secrets sealed by one key. */
export function sealedTokens(key: SealingKey, clientSecret: Secret | string, tokens: RefreshedTokens, nowMs: number) {
  return {
    key_id: key.keyId,
    client_secret_sealed: seal(key, Secret.of(clientSecret).reveal()),
    access_token_sealed: seal(key, tokens.accessToken.reveal()),
    access_token_expires_at: new Date(tokens.accessTokenExpiresAtMs),
    refresh_token_sealed: seal(key, tokens.refreshToken.reveal()),
    refresh_token_expires_at: tokens.refreshTokenExpiresAtMs === null ? null : new Date(tokens.refreshTokenExpiresAtMs),
    refreshed_at: new Date(nowMs),
    state: 'active',
    consent_code: null,
    consent_since: null,
    updated_at: sql<Date>`now()`,
  }
}

async function persistently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (attempt === SAVE_ATTEMPTS) throw error
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1))
    }
  }
}
