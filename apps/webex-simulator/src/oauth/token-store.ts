import { randomBytes, randomUUID } from 'node:crypto'
import type { Person } from '../people/person.ts'
import type { OAuthApp } from './oauth-app.ts'
import { newAccessToken } from './token-text.ts'
import type { TokenForm } from './token-text.ts'

export interface TokenStoreOptions {
  readonly accessSeconds: number
  readonly refreshSeconds: number
  /** true: every refresh answers a new refresh token and the old one is dead; false: the same one comes back. */
  readonly rotates: boolean
  /** true: every refresh starts the refresh token's life anew; false: it runs out when it would have (webex-cc-api §1.5, sources disagree). */
  readonly clockResets: boolean
  readonly form: TokenForm
  readonly nowMs: () => number
}

/** Who let which app do what, where. */
export interface GrantFor {
  readonly app: OAuthApp
  readonly orgId: string
  readonly person: Person
  /** Fixed at consent (webex-cc-api §1.6). */
  readonly scopes: readonly string[]
}

export interface Grant extends GrantFor {
  readonly id: string
  readonly grantedAtMs: number
  readonly refreshExpiresAtMs: number
  readonly isRevoked: boolean
}

/** The answer of every grant; member names: webex-cc-api §1.4. */
export interface TokenAnswer {
  readonly access_token: string
  /** Seconds left at the time of the answer, as below. */
  readonly expires_in: number
  readonly refresh_token: string
  readonly refresh_token_expires_in: number
  readonly token_type: 'Bearer'
  readonly scope: string
}

export interface TokenStore {
  /** A grant with a refresh token; `refreshToken` fixes its text. */
  open(what: GrantFor, refreshToken?: string): Grant
  /** A new access token of a living grant. */
  issue(grant: Grant): TokenAnswer
  /** The refresh grant; undefined when the token is unknown, dead, revoked or another app's. */
  refresh(app: OAuthApp, refreshToken: string): TokenAnswer | undefined
  /** The grant behind a living access token. */
  grantOf(accessToken: string): Grant | undefined
  /** Ends grants at once, access tokens included. Answers how many were alive. */
  revoke(which: (grant: Grant) => boolean): number
  /** Oldest first, dead ones included. */
  grants(): readonly Grant[]
  livingAccessTokens(grant: Grant): number
}

interface KeptGrant extends Grant {
  refreshToken: string
  refreshExpiresAtMs: number
  isRevoked: boolean
}

const secondsUntil = (atMs: number, nowMs: number) => Math.floor((atMs - nowMs) / 1000)

/** Grants and their tokens. Texts are random: nothing may be derived from them but, where the form says so, the org at their end. */
export function createTokenStore(options: TokenStoreOptions): TokenStore {
  const { nowMs } = options
  const grants = new Map<string, KeptGrant>()
  const byRefreshToken = new Map<string, KeptGrant>()
  const alive = new Map<string, { readonly grant: KeptGrant; readonly expiresAtMs: number }>()

  const kept = (grant: Grant): KeptGrant => {
    const found = grants.get(grant.id)
    if (found === undefined) throw new Error('a grant of another store')
    return found
  }
  const dropExpired = () => {
    for (const [text, { grant, expiresAtMs }] of alive)
      if (expiresAtMs <= nowMs() || grant.isRevoked) alive.delete(text)
  }
  const issue = (grant: KeptGrant): TokenAnswer => {
    dropExpired()
    const now = nowMs()
    const text = newAccessToken(options.form, grant.orgId, now)
    alive.set(text, { grant, expiresAtMs: now + options.accessSeconds * 1000 })
    return {
      access_token: text,
      expires_in: options.accessSeconds,
      refresh_token: grant.refreshToken,
      refresh_token_expires_in: secondsUntil(grant.refreshExpiresAtMs, now),
      token_type: 'Bearer',
      scope: grant.scopes.join(' '),
    }
  }

  return {
    open(what, refreshToken = randomBytes(48).toString('base64url')) {
      const now = nowMs()
      const grant: KeptGrant = {
        ...what,
        id: randomUUID(),
        grantedAtMs: now,
        refreshToken,
        refreshExpiresAtMs: now + options.refreshSeconds * 1000,
        isRevoked: false,
      }
      grants.set(grant.id, grant)
      byRefreshToken.set(refreshToken, grant)
      return grant
    },
    issue: (grant) => issue(kept(grant)),
    refresh(app, refreshToken) {
      const grant = byRefreshToken.get(refreshToken)
      const now = nowMs()
      if (grant?.app.clientId !== app.clientId || grant.isRevoked || now >= grant.refreshExpiresAtMs) return undefined
      if (options.clockResets) grant.refreshExpiresAtMs = now + options.refreshSeconds * 1000
      if (options.rotates) {
        byRefreshToken.delete(refreshToken)
        grant.refreshToken = randomBytes(48).toString('base64url')
        byRefreshToken.set(grant.refreshToken, grant)
      }
      return issue(grant)
    },
    grantOf(accessToken) {
      const found = alive.get(accessToken)
      return found !== undefined && nowMs() < found.expiresAtMs && !found.grant.isRevoked ? found.grant : undefined
    },
    revoke(which) {
      const ended = [...grants.values()].filter((grant) => !grant.isRevoked && which(grant))
      for (const grant of ended) grant.isRevoked = true
      dropExpired()
      return ended.length
    },
    grants: () => [...grants.values()],
    livingAccessTokens: (grant) =>
      [...alive.values()].filter((token) => token.grant.id === grant.id && token.expiresAtMs > nowMs()).length,
  }
}
