import { randomBytes } from 'node:crypto'

export interface TokenStoreOptions {
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly authorizationCode: string
  readonly orgId: string
  readonly accessSeconds: number
  readonly refreshSeconds: number
  /** true: every refresh answers a new refresh token and the old one is dead; false (default): the same one comes back. */
  readonly rotates: boolean
  readonly nowMs: () => number
}

export interface TokenAnswer {
  readonly access_token: string
  /** Seconds left. */
  readonly expires_in: number
  readonly refresh_token: string
  readonly refresh_token_expires_in: number
  readonly token_type: 'Bearer'
  readonly scope: string
}

export interface TokenRequest {
  readonly grant_type?: string | undefined
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
  readonly refresh_token?: string | undefined
  readonly code?: string | undefined
}

export type TokenOutcome = { readonly answer: TokenAnswer } | { readonly status: 400 | 401; readonly message: string }

export interface TokenStore {
  issue(request: TokenRequest): TokenOutcome
  /** Client id of a living access token. */
  clientOf(accessToken: string): string | undefined
}

const SCOPE = 'cjp:config_read spark:people_read'
/** Name of an identity-service cluster; real ones look like `PF84`. */
const CLUSTER = 'SIM1'
const DEAD = 'The refresh token provided is expired, revoked, malformed, or invalid.'

/** One client, its refresh token and the access tokens given out. Tokens are random: nothing may be derived from them but the org at their end. */
export function createTokenStore(options: TokenStoreOptions): TokenStore {
  const alive = new Map<string, number>()
  let refresh = { text: options.refreshToken, expiresAtMs: options.nowMs() + options.refreshSeconds * 1000 }

  const grant = (): TokenOutcome => {
    const now = options.nowMs()
    const access = `${randomBytes(24).toString('base64url').replaceAll('_', '-')}_${CLUSTER}_${options.orgId}`
    alive.set(access, now + options.accessSeconds * 1000)
    refresh = {
      text: options.rotates ? randomBytes(32).toString('base64url') : refresh.text,
      expiresAtMs: now + options.refreshSeconds * 1000,
    }
    return {
      answer: {
        access_token: access,
        expires_in: options.accessSeconds,
        refresh_token: refresh.text,
        refresh_token_expires_in: options.refreshSeconds,
        token_type: 'Bearer',
        scope: SCOPE,
      },
    }
  }

  return {
    issue(request) {
      if (request.client_id !== options.clientId || request.client_secret !== options.clientSecret) {
        return { status: 401, message: 'Client authentication failed.' }
      }
      if (request.grant_type === 'authorization_code') {
        if (request.code !== options.authorizationCode)
          return { status: 400, message: 'The authorization code is invalid.' }
        return grant()
      }
      if (request.grant_type !== 'refresh_token') return { status: 400, message: 'The grant type is not supported.' }
      const isAlive = request.refresh_token === refresh.text && options.nowMs() < refresh.expiresAtMs
      return isAlive ? grant() : { status: 400, message: DEAD }
    },
    clientOf(accessToken) {
      const expiresAtMs = alive.get(accessToken)
      return expiresAtMs !== undefined && options.nowMs() < expiresAtMs ? options.clientId : undefined
    },
  }
}
