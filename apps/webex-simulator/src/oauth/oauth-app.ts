import { uuidFor } from '../life/random.ts'
import { webexId } from '../people/people-ids.ts'
import type { Settings } from '../settings.ts'
import { SCOPES } from './scopes.ts'

/** An app that is registered with the vendor. */
export interface OAuthApp {
  readonly clientId: string
  readonly clientSecret: string
  readonly name: string
  /** A person consents to an integration in the browser; an administrator authorizes a service app, whose tokens belong to no human. */
  readonly kind: 'integration' | 'service-app'
  /** As in `/v1/applications/{applicationId}/token` (webex-cc-api §1.1). */
  readonly applicationId: string
  readonly redirectUris: readonly string[]
  /** All it may ever ask for: fixed when it is registered. */
  readonly scopes: readonly string[]
}

/** An app an organization knows, with the tokens it has from it. */
export interface AuthorizedClient {
  readonly app: OAuthApp
  /** Service apps only: whether an administrator of the organization has authorized it. */
  readonly isAuthorized: boolean
  /** What it gets there: some or all of those it is registered for. */
  readonly scopes: readonly string[]
  /** A grant that exists from the start. */
  readonly refreshToken: string | undefined
}

export const applicationIdOf = (clientId: string) => webexId('APPLICATION', uuidFor('application', clientId))

/** The apps that are always there: the settings' client, an integration, and a service app every organization has authorized. */
export function builtInApps(settings: Settings): readonly [OAuthApp, OAuthApp] {
  return [
    {
      clientId: settings.SIM_CLIENT_ID,
      clientSecret: settings.SIM_CLIENT_SECRET,
      name: 'Simulated integration',
      kind: 'integration',
      applicationId: applicationIdOf(settings.SIM_CLIENT_ID),
      redirectUris: settings.SIM_REDIRECT_URIS,
      scopes: SCOPES,
    },
    {
      clientId: 'simulated-service-app',
      clientSecret: 'simulated-service-app-secret',
      name: 'Simulated service app',
      kind: 'service-app',
      applicationId: applicationIdOf('simulated-service-app'),
      redirectUris: [],
      scopes: ['cjp:config_read', 'cjp:config_write', 'spark:people_read'],
    },
  ]
}

/**
 * Whether a redirect address is registered: letter by letter, as OAuth wants it. An entry such as `http://localhost:*` stands for any port and path
 * of that host: ours, for tests and for whoever tries things out.
 */
export function isRegistered(app: OAuthApp, redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false
  const { protocol, hostname } = new URL(redirectUri)
  return [redirectUri, `${protocol}//${hostname}:*`].some((uri) => app.redirectUris.includes(uri))
}
