import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM key with a name that is stored beside what it sealed, so that keys can be rotated. */
export interface SealingKey {
  readonly keyId: string
  readonly key: Buffer
}

/** `text` is 32 random bytes in base64 (`openssl rand -base64 32`). Throws a `RangeError` that does not show it. */
export function readSealingKey(text: string): SealingKey {
  const key = Buffer.from(text, 'base64')
  if (key.length !== 32) throw new RangeError('a sealing key is 32 bytes in base64')
  return { key, keyId: createHash('sha256').update(key).digest('hex').slice(0, 12) }
}

export function seal(key: SealingKey, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

/** Throws when the key is another one or the bytes were changed. */
export function unseal(key: SealingKey, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key.key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
}
