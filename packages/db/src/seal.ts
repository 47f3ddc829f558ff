import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM key with a name that is stored beside what it sealed, so that keys can be rotated. */
interface NamedKey {
  readonly keyId: string
  readonly key: Buffer
}

/** What seals, and what may have sealed before it. */
export interface SealingKey extends NamedKey {
  /** These only unseal: `wxcc keys rotate` makes them needless. */
  readonly older: readonly NamedKey[]
}

/**
 * `text` is 32 random bytes in base64 (`openssl rand -base64 32`), or several such keys with commas between: the first seals, all unseal. Throws a
 * `RangeError` that does not show them.
 */
export function readSealingKey(text: string): SealingKey {
  const [first, ...older] = text.split(',').map((one): NamedKey => {
    const key = Buffer.from(one.trim(), 'base64')
    if (key.length !== 32) throw new RangeError('a sealing key is 32 bytes in base64')
    return { key, keyId: createHash('sha256').update(key).digest('hex').slice(0, 12) }
  })
  return { ...first!, older }
}

/** Names of all keys that can unseal. */
export function keyIdsOf(key: SealingKey): readonly string[] {
  return [key.keyId, ...key.older.map(({ keyId }) => keyId)]
}

export function seal({ key }: SealingKey, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

/** @param keyId which key sealed it. Throws when that is none of these, or the bytes were changed. */
export function unseal(key: SealingKey, sealed: Buffer, keyId: string = key.keyId): string {
  const named = [key, ...key.older].find((one) => one.keyId === keyId)
  if (named === undefined) throw new RangeError('sealed with another key')
  const decipher = createDecipheriv('aes-256-gcm', named.key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
}
