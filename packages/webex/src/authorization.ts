import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@wxcc/contracts/clock'
import type { Secret } from '@wxcc/contracts/secret'
import { type GrantedTokens, grantTokens } from './access-token.ts'

/** What reading a contact centre takes (webex-cc-api §1.8): Search, Captures and configuration; people; tasks, so that a later version need not ask again. */
export const SCOPES = ['cjp:config_read', 'spark:people_read', 'cjp:task_read'] as const

/** One consent that was begun and not ended. `state` and `verifier` stay in this process. */
export interface Authorization {
  /** Where a browser is sent. */
  readonly url: string
  readonly state: string
  readonly verifier: string
  readonly redirectUri: string
}

/** Authorization code with PKCE, S256 (webex-cc-api §1.1; RFC 7636). */
export function beginAuthorization(asked: {
  readonly authorizeUrl: string
  readonly clientId: string
  readonly redirectUri: string
}): Authorization {
  const state = randomBytes(24).toString('base64url')
  const verifier = randomBytes(48).toString('base64url')
  const url = new URL(asked.authorizeUrl)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: asked.clientId,
    redirect_uri: asked.redirectUri,
    scope: SCOPES.join(' '),
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return { url: url.href, state, verifier, redirectUri: asked.redirectUri }
}

/** The code of a consent for tokens (§1.2). Throws `FatalError('consent_needed')` when the vendor refuses it, `RetryableError` when it does not answer. */
export async function exchangeCode(given: {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: Secret | string
  readonly code: string
  readonly authorization: Authorization
  readonly now: Clock
}): Promise<GrantedTokens> {
  const { authorization } = given
  return grantTokens(given.tokenUrl, await given.now(), {
    grant_type: 'authorization_code',
    client_id: given.clientId,
    client_secret: given.clientSecret,
    code: given.code,
    redirect_uri: authorization.redirectUri,
    code_verifier: authorization.verifier,
  })
}

/** The organisation a token belongs to, as its end tells (§1.7); null for tokens that do not say. */
export function orgOfToken(accessToken: Secret): string | null {
  return /_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(accessToken.reveal())?.[1]?.toLowerCase() ?? null
}
