import { sql } from 'kysely'
import type { Database } from './connect.ts'
import { type SealingKey, keyIdsOf } from './seal.ts'

/** A credential in use was sealed with another key. `code` is for `connecting` of the runtime package, which words it. */
export class KeyMismatch extends Error {
  override readonly name = 'KeyMismatch'
  readonly code = 'key_mismatch'
}

/** For the start of whoever unseals: throws `KeyMismatch` if a credential of an active source can be unsealed with none of these keys. */
export async function checkSealingKey(db: Database, key: SealingKey): Promise<void> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select from etl.credential c join etl.data_source s using (credential_id)
      where s.state = 'active' and c.key_id <> all(${keyIdsOf(key)}::text[])
    ) as found`.execute(db)
  if (rows[0]!.found) throw new KeyMismatch('sealed with another key')
}
