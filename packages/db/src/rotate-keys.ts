import type { Database } from './connect.ts'
import { type SealingKey, keyIdsOf, seal, unseal } from './seal.ts'

export interface Rotation {
  /** Credentials sealed anew. */
  readonly rotated: number
  /** Credentials that the first key had sealed already. */
  readonly current: number
  /** Credentials sealed with a key that is not among these; left as they are. */
  readonly unknown: number
}

/**
 * Seals every credential with the first of the keys. Each in a transaction of its own, with its row locked, so that a refresh under way is neither
 * lost nor undone; may be repeated, and stopped in the middle.
 */
export async function rotateKeys(db: Database, key: SealingKey): Promise<Rotation> {
  const known = keyIdsOf(key)
  const found = { rotated: 0, current: 0, unknown: 0 }
  const ids = await db.selectFrom('etl.credential').select('credential_id').orderBy('credential_id').execute()
  for (const { credential_id } of ids) {
    await db.transaction().execute(async (tx) => {
      const mine = tx.selectFrom('etl.credential').selectAll().where('credential_id', '=', credential_id).forUpdate()
      const row = await mine.executeTakeFirst()
      // Removed meanwhile, or emptied when its source was removed.
      if (row === undefined || row.client_secret_sealed.length === 0) return
      if (row.key_id === key.keyId) found.current++
      else if (!known.includes(row.key_id)) found.unknown++
      else {
        const again = (sealed: Buffer) => seal(key, unseal(key, sealed, row.key_id))
        await tx
          .updateTable('etl.credential')
          .set({
            key_id: key.keyId,
            client_secret_sealed: again(row.client_secret_sealed),
            refresh_token_sealed: again(row.refresh_token_sealed),
            access_token_sealed: row.access_token_sealed && again(row.access_token_sealed),
          })
          .where('credential_id', '=', credential_id)
          .execute()
        found.rotated++
      }
    })
  }
  return found
}
