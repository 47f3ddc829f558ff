import type { Person } from '@wxcc/db/board-session'
import type { Role } from '@wxcc/db/board-user'
import * as oidc from 'openid-client'

/** An identity provider of the customer's, and which of its groups are let in. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Claim of the ID token or of userinfo that lists a person's groups. */
  readonly groupsClaim: string
  readonly operatorGroup: string
  /** Undefined: there are no viewers. */
  readonly viewerGroup: string | undefined
}

/** One log-in that was begun; it waits in the browser that began it. */
export interface BegunLogIn {
  readonly url: string
  readonly state: string
  readonly verifier: string
  readonly nonce: string
}

export interface Oidc {
  readonly begin: (redirectUri: string) => Promise<BegunLogIn>
  /** Whoever came back to `url`; undefined when none of the groups is let in. Throws when the answer is not one to this log-in. */
  readonly finish: (url: URL, begun: Omit<BegunLogIn, 'url'>) => Promise<Person | undefined>
}

/** Authorization code with PKCE, state and nonce (OpenID Connect Core 1.0). The provider is asked for its addresses when the first person comes. */
export function createOidc(settings: OidcSettings): Oidc {
  let known: Promise<oidc.Configuration> | undefined
  const configuration = () => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    async begin(redirectUri) {
      const state = oidc.randomState()
      const nonce = oidc.randomNonce()
      const verifier = oidc.randomPKCECodeVerifier()
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, state, verifier, nonce }
    },
    async finish(url, { state, verifier, nonce }) {
      const at = await configuration()
      const tokens = await oidc.authorizationCodeGrant(at, url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      const told = tokens.claims()!
      const hasAsk = at.serverMetadata().userinfo_endpoint !== undefined && told[settings.groupsClaim] === undefined
      const claims = hasAsk ? { ...told, ...(await oidc.fetchUserInfo(at, tokens.access_token, told.sub)) } : told
      const role = roleOfGroups(claims[settings.groupsClaim], settings)
      const name = typeof claims['preferred_username'] === 'string' ? claims['preferred_username'] : told.sub
      return role === undefined ? undefined : { name, role, method: 'oidc' }
    },
  }
}

/** `groups` as the provider tells them: a list of names, or one. */
export function roleOfGroups(
  groups: unknown,
  { operatorGroup, viewerGroup }: Pick<OidcSettings, 'operatorGroup' | 'viewerGroup'>,
): Role | undefined {
  const names = Array.isArray(groups) ? groups : [groups]
  if (names.includes(operatorGroup)) return 'operator'
  return viewerGroup !== undefined && names.includes(viewerGroup) ? 'viewer' : undefined
}

function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<oidc.Configuration> {
  // The settings let plain HTTP through for loopback only.
  const execute = issuer.startsWith('http://') ? [oidc.allowInsecureRequests] : []
  return oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: 10 })
}
