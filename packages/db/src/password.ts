import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** OWASP's scrypt for servers that hash one at a time: 32 MiB and 3 rounds, ~0.2 s (Password Storage Cheat Sheet, read 2026-11-23). */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32

export const MIN_PASSWORD_LENGTH = 10
/** Long enough for any phrase; a longer one only costs time. */
export const MAX_PASSWORD_LENGTH = 200

/** `scrypt$N$r$p$salt$hash`, so that a later cost can be told from this one. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** `stored` undefined (nobody of that name) takes as long as a wrong password, so that names cannot be guessed by time. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [kind, n, r, p, salt, hash] = (stored ?? '').split('$')
  if (kind !== 'scrypt') {
    await derive(password, randomBytes(SALT_BYTES), COST)
    return false
  }
  const expected = Buffer.from(hash!, 'base64')
  const given = await derive(password, Buffer.from(salt!, 'base64'), { N: Number(n), r: Number(r), p: Number(p) })
  return given.length === expected.length && timingSafeEqual(given, expected)
}

let last: Promise<unknown> = Promise.resolve()

/** One at a time: many log-ins at once wait instead of taking the memory and the threads of everything else. */
function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const next = last.then(
    () =>
      new Promise<Buffer>((resolve, reject) =>
        scrypt(
          password.slice(0, MAX_PASSWORD_LENGTH).normalize('NFKC'),
          salt,
          HASH_BYTES,
          { ...cost, maxmem: 64 * 2 ** 20 },
          (error, hash) => (error === null ? resolve(hash) : reject(error)),
        ),
      ),
  )
  last = next.catch(() => {})
  return next
}
