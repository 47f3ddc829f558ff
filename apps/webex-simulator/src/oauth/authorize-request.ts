import { isRegistered } from './oauth-app.ts'
import type { OAuthApp } from './oauth-app.ts'
import { readChallenge } from './pkce.ts'
import type { Challenge } from './pkce.ts'
import { splitScopes } from './scopes.ts'

/** A consent that may be asked for. */
export interface AuthorizeRequest {
  readonly app: OAuthApp
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string | undefined
  readonly challenge: Challenge | undefined
  /** `login` and `select_account`: whoever is signed in is asked again who they are; `none`: nobody may be asked anything. */
  readonly prompt: 'login' | 'select_account' | 'none' | undefined
  /** E-mail address of who is likely to sign in. */
  readonly loginHint: string | undefined
  /** The request as it came, to come back to after signing out. */
  readonly query: string
}

export type AuthorizeOutcome =
  | { readonly kind: 'ask'; readonly request: AuthorizeRequest }
  /** Nobody may be sent to an address that is not the app's: the person sees the reason. */
  | { readonly kind: 'page'; readonly reason: string }
  | { readonly kind: 'redirect'; readonly to: string }

export interface RedirectError {
  readonly error:
    | 'access_denied'
    | 'consent_required'
    | 'invalid_request'
    | 'invalid_scope'
    | 'login_required'
    | 'unauthorized_client'
    | 'unsupported_response_type'
  readonly description: string
}

/** The app's address with what it is to learn in its query; the state always goes back as it came. */
export function redirectTo(
  { redirectUri, state }: { readonly redirectUri: string; readonly state: string | undefined },
  answer: { readonly code: string } | RedirectError,
): string {
  const url = new URL(redirectUri)
  if ('code' in answer) url.searchParams.append('code', answer.code)
  else {
    url.searchParams.append('error', answer.error)
    url.searchParams.append('error_description', answer.description)
  }
  if (state !== undefined) url.searchParams.append('state', state)
  return url.href
}

/** Reads `GET /v1/authorize` (webex-cc-api §1.1, §1.2; errors: RFC 6749 §4.1.2.1). */
export function readAuthorizeRequest(
  query: URLSearchParams,
  findApp: (clientId: string) => OAuthApp | undefined,
): AuthorizeOutcome {
  const one = (name: string) => query.get(name) || undefined
  const app = findApp(one('client_id') ?? '')
  if (app === undefined) return { kind: 'page', reason: 'No app is registered with this client_id.' }
  const redirectUri = one('redirect_uri')
  if (redirectUri === undefined) return { kind: 'page', reason: 'The address to return to (redirect_uri) is missing.' }
  if (!isRegistered(app, redirectUri))
    return { kind: 'page', reason: `The address to return to (redirect_uri) is not registered for ${app.name}.` }

  const state = one('state')
  const refused = (error: RedirectError['error'], description: string): AuthorizeOutcome => ({
    kind: 'redirect',
    to: redirectTo({ redirectUri, state }, { error, description }),
  })
  if (one('response_type') !== 'code') return refused('unsupported_response_type', 'The response_type must be code.')
  if (app.kind === 'service-app')
    return refused('unauthorized_client', 'A service app is authorized by an administrator, not by consent.')
  const scopes = splitScopes(one('scope') ?? '')
  if (scopes.length === 0) return refused('invalid_scope', 'The scope is missing.')
  const foreign = scopes.filter((scope) => !app.scopes.includes(scope))
  if (foreign.length > 0) return refused('invalid_scope', `The app is not registered for: ${foreign.join(' ')}`)
  const challenge = readChallenge(one('code_challenge'), one('code_challenge_method'))
  if (challenge === 'bad') return refused('invalid_request', 'The code_challenge or its method is malformed.')
  const prompt = (['login', 'select_account', 'none'] as const).find((word) => word === one('prompt'))
  const loginHint = one('login_hint')
  return {
    kind: 'ask',
    request: { app, redirectUri, scopes, state, challenge, prompt, loginHint, query: query.toString() },
  }
}
