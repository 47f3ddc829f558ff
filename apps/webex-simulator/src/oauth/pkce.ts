import { createHash, timingSafeEqual } from 'node:crypto'

/** Proof Key for Code Exchange (RFC 7636); that the vendor accepts it: webex-cc-api §1.1. */
export interface Challenge {
  readonly method: 'S256' | 'plain'
  readonly challenge: string
}

/** What an authorize request says: none, one, or one that cannot be (RFC 7636 §4.2: 43 to 128 characters, `plain` when no method is named). */
export function readChallenge(
  challenge: string | undefined,
  method: string | undefined,
): Challenge | 'bad' | undefined {
  if (challenge === undefined) return method === undefined ? undefined : 'bad'
  const named = method ?? 'plain'
  if ((named !== 'S256' && named !== 'plain') || !VERIFIER.test(challenge)) return 'bad'
  return { method: named, challenge }
}

const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/

/** Whether the verifier belongs to the challenge. */
export function isProven({ method, challenge }: Challenge, verifier: string | undefined): boolean {
  if (verifier === undefined || !VERIFIER.test(verifier)) return false
  const made = Buffer.from(method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url'))
  const wanted = Buffer.from(challenge)
  return made.length === wanted.length && timingSafeEqual(made, wanted)
}
