import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@wxcc/contracts/clock'
import { ParkedError, RetryableError } from '@wxcc/contracts/failures'
import { Secret } from '@wxcc/contracts/secret'
import { z } from 'zod'
import { failureOfStatus, malformed } from './failures.ts'
import { type VendorResponse, sendRequest } from './http.ts'

/** The stored credential as a token source needs it. Times are epoch ms. */
export interface StoredCredential {
  readonly clientId: string
  readonly clientSecret: Secret
  readonly tokenUrl: string
  readonly refreshToken: Secret
  readonly accessToken: Secret | null
  readonly accessTokenExpiresAtMs: number | null
  /** `needs_consent`: the vendor refused it last time. */
  readonly state: 'active' | 'needs_consent'
}

export interface GrantedTokens {
  readonly accessToken: Secret
  readonly accessTokenExpiresAtMs: number
  readonly refreshToken: Secret
  /** As the vendor said; null when it did not. Sources disagree on whether a refresh restarts it (webex-cc-api §1.5), so it is never computed. */
  readonly refreshTokenExpiresAtMs: number | null
}

/** One process' turn to refresh a credential. */
export interface RefreshTurn {
  /** As it is now that nobody else refreshes it. */
  readonly credential: StoredCredential
  /** Called before the vendor is asked, so that a refresh whose answer is never heard of leaves a trace. */
  begin(nowMs: number): Promise<void>
  /** False: newer tokens were stored meanwhile. */
  save(tokens: GrantedTokens, nowMs: number): Promise<boolean>
  /** The vendor refused what was sent. False: other tokens were stored meanwhile. */
  refuse(nowMs: number): Promise<boolean>
}

/** Where the credential lies: one row, refreshed by one process at a time, shared by all processes of its client id. */
export interface CredentialStore {
  read(): Promise<StoredCredential>
  /** Undefined when another process refreshes it right now. */
  takeTurn<T>(work: (turn: RefreshTurn) => Promise<T>): Promise<{ readonly value: T } | undefined>
}

export interface TokenSource {
  /** An access token that is good for another minute at least. Throws `ParkedError('consent_needed')` if none can be had any more. */
  get(): Promise<Secret>
  /** The vendor refused this token (null: there was none): answers another one, refreshed here or by another process meanwhile. */
  replace(refused: Secret | null): Promise<Secret>
}

const EARLY_MS = 60_000
/** While another process refreshes: how often its result is looked for, and for how long. A refresh takes 20 s at the most. */
const LOOK_MS = 100
const PATIENCE_MS = 40_000
/** Shorter than a database's patience with a transaction that holds the turn. */
const TOKEN_TIMEOUTS = { socket: 10_000, response: 15_000, request: 20_000 }
const TOKEN_REQUEST = { method: 'POST', maxBytes: 64 * 1_024, timeouts: TOKEN_TIMEOUTS } as const

/** Member names: webex-cc-api §1.4; both lifetimes are seconds from the answer on. */
const grant = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: z.number().positive().optional(),
})

/** One per credential and process. Many callers at once cause one refresh; between processes the store's lock sees to that. */
export function createTokenSource(options: { readonly store: CredentialStore; readonly now: Clock }): TokenSource {
  const { store, now } = options
  let held: { readonly token: Secret; readonly expiresAtMs: number } | undefined
  let refreshing: Promise<Secret> | undefined

  const keep = (token: Secret, expiresAtMs: number): Secret => {
    held = { token, expiresAtMs }
    return token
  }
  const isGood = (credential: StoredCredential, nowMs: number, refused: Secret | null): boolean =>
    credential.accessToken !== null &&
    !credential.accessToken.equals(refused) &&
    (credential.accessTokenExpiresAtMs ?? 0) > nowMs + EARLY_MS

  async function renew(refused: Secret | null): Promise<Secret> {
    const deadline = performance.now() + PATIENCE_MS
    for (let isFirst = true; ; isFirst = false) {
      const stored = await store.read()
      if (isGood(stored, await now(), refused)) return keep(stored.accessToken!, stored.accessTokenExpiresAtMs!)
      // Whoever had the turn has just been refused: asking again would tell us the same.
      if (!isFirst && stored.state === 'needs_consent') throw new ParkedError('consent_needed')
      const turn = await store.takeTurn((turn) => refreshInTurn(turn, refused))
      if (turn !== undefined) return turn.value
      if (performance.now() > deadline) throw new RetryableError('vendor_timeout', { detail: 'token' })
      // Not all of many at the same moment.
      await sleep(LOOK_MS * (0.5 + Math.random()))
    }
  }

  async function refreshInTurn(turn: RefreshTurn, refused: Secret | null): Promise<Secret> {
    const { credential } = turn
    const nowMs = await now()
    if (isGood(credential, nowMs, refused)) return keep(credential.accessToken!, credential.accessTokenExpiresAtMs!)
    await turn.begin(nowMs)
    let tokens: GrantedTokens
    try {
      tokens = await refresh(credential, nowMs)
    } catch (error) {
      if (error instanceof ParkedError && !(await turn.refuse(nowMs))) return stored(refused)
      throw error
    }
    return (await turn.save(tokens, nowMs)) ? keep(tokens.accessToken, tokens.accessTokenExpiresAtMs) : stored(refused)
  }

  /** What somebody else stored while we asked. */
  async function stored(refused: Secret | null): Promise<Secret> {
    const credential = await store.read()
    if (isGood(credential, await now(), refused))
      return keep(credential.accessToken!, credential.accessTokenExpiresAtMs!)
    throw new RetryableError('vendor_unavailable', { detail: 'token' })
  }

  const once = (refused: Secret | null): Promise<Secret> => {
    refreshing ??= renew(refused).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  return {
    async get() {
      if (held !== undefined && held.expiresAtMs > (await now()) + EARLY_MS) return held.token
      return once(null)
    },
    async replace(refused) {
      if (held !== undefined && !held.token.equals(refused)) return held.token
      held = undefined
      return once(refused)
    },
  }
}

/**
 * The refresh grant (webex-cc-api §1.3). A returned refresh token replaces the old one; whether the vendor rotates it is not documented, so both
 * happen here without notice.
 */
async function refresh(credential: StoredCredential, nowMs: number): Promise<GrantedTokens> {
  return grantTokens(credential.tokenUrl, nowMs, {
    grant_type: 'refresh_token',
    client_id: credential.clientId,
    client_secret: credential.clientSecret,
    refresh_token: credential.refreshToken,
  })
}

/**
 * One grant at the token endpoint (§1.2–1.4). Any 400 or 401 means `ParkedError('consent_needed')`, since the error's wording is not documented (§1.6). An
 * answer without a refresh token keeps the one that was sent; without either it throws `vendor_malformed`.
 */
export async function grantTokens(
  tokenUrl: string,
  nowMs: number,
  form: Readonly<Record<string, Secret | string>>,
): Promise<GrantedTokens> {
  const answer = await sendRequest({ ...TOKEN_REQUEST, url: tokenUrl, form: revealed(form) })
  if (answer.status === 400 || answer.status === 401)
    throw new ParkedError('consent_needed', { detail: `status ${answer.status}` })
  return readGrant(answer, nowMs, form['refresh_token'])
}

/**
 * The first token pair of a Service App in one organisation (§1.1), asked for with a token that holds `spark:applications_token`. Called again it answers
 * the same refresh token. Throws `FatalError`: `vendor_unauthorized` (that token or the client secret), `vendor_forbidden` (no administrator of the
 * organisation has authorized the app), `vendor_not_found` (no such Service App).
 */
export async function grantServiceApp(
  tokenUrl: string,
  nowMs: number,
  asked: {
    readonly applicationId: string
    readonly clientId: string
    readonly clientSecret: Secret | string
    readonly orgId: string
    readonly applicationsToken: Secret | string
  },
): Promise<GrantedTokens> {
  const answer = await sendRequest({
    ...TOKEN_REQUEST,
    url: new URL(`/v1/applications/${encodeURIComponent(asked.applicationId)}/token`, tokenUrl).href,
    headers: { authorization: `Bearer ${Secret.of(asked.applicationsToken).reveal()}` },
    json: { clientId: asked.clientId, clientSecret: Secret.of(asked.clientSecret).reveal(), targetOrgId: asked.orgId },
  })
  return readGrant(answer, nowMs, undefined)
}

function readGrant(
  answer: VendorResponse,
  nowMs: number,
  sentRefreshToken: Secret | string | undefined,
): GrantedTokens {
  const failure = failureOfStatus(answer)
  if (failure !== undefined) throw failure
  const granted = grant.safeParse(parseOrUndefined(answer.body))
  const refreshToken = granted.data?.refresh_token ?? sentRefreshToken
  if (!granted.success || refreshToken === undefined) throw malformed('token answer')
  const { data } = granted
  return {
    accessToken: new Secret(data.access_token),
    accessTokenExpiresAtMs: nowMs + data.expires_in * 1_000,
    refreshToken: Secret.of(refreshToken),
    refreshTokenExpiresAtMs:
      data.refresh_token_expires_in === undefined ? null : nowMs + data.refresh_token_expires_in * 1_000,
  }
}

function revealed(form: Readonly<Record<string, Secret | string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, Secret.of(value).reveal()]))
}

function parseOrUndefined(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
