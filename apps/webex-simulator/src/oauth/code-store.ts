import { randomBytes } from 'node:crypto'
import { isProven } from './pkce.ts'
import type { Challenge } from './pkce.ts'
import type { Grant, GrantFor, TokenStore } from './token-store.ts'

export interface CodeFor extends GrantFor {
  /** Must come again with the code; undefined for a code of the settings, which saw no browser. */
  readonly redirectUri: string | undefined
  readonly challenge: Challenge | undefined
}

export interface CodeExchange {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string | undefined
  readonly verifier: string | undefined
}

/** Authorization codes between consent and token endpoint. */
export interface CodeStore {
  /** A code; `text` fixes it and lets it live until it is used. */
  open(what: CodeFor, text?: string): string
  /** The grant for a code, once; text of the refusal otherwise. Whoever shows a used code again ends the grant it gave (RFC 6749 §4.1.2). */
  exchange(request: CodeExchange): Grant | string
}

const INVALID = 'The authorization code is invalid, expired or was used before.'
/** Codes that are long over are forgotten beyond so many. */
const MOST_KEPT = 10_000

export function createCodeStore(tokens: TokenStore, lifeSeconds: number, nowMs: () => number): CodeStore {
  const codes = new Map<string, { readonly what: CodeFor; readonly expiresAtMs: number; grant?: Grant }>()
  return {
    open(what, text) {
      const code = text ?? randomBytes(48).toString('base64url')
      codes.set(code, {
        what,
        expiresAtMs: text === undefined ? nowMs() + lifeSeconds * 1000 : Number.POSITIVE_INFINITY,
      })
      const [oldest] = codes.keys()
      if (codes.size > MOST_KEPT && oldest !== undefined) codes.delete(oldest)
      return code
    },
    exchange({ code, clientId, redirectUri, verifier }) {
      const found = codes.get(code)
      if (found === undefined || found.what.app.clientId !== clientId) return INVALID
      const { grant } = found
      if (grant !== undefined) {
        tokens.revoke(({ id }) => id === grant.id)
        return INVALID
      }
      const { what } = found
      if (nowMs() >= found.expiresAtMs) return INVALID
      if (what.redirectUri !== undefined && what.redirectUri !== redirectUri)
        return 'The redirect_uri is not the one the code was given for.'
      if (what.challenge !== undefined && !isProven(what.challenge, verifier))
        return 'The code_verifier does not match the code_challenge.'
      found.grant = tokens.open({ app: what.app, orgId: what.orgId, person: what.person, scopes: what.scopes })
      return found.grant
    },
  }
}
