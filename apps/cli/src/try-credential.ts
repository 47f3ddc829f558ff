import type { Clock } from '@wxcc/contracts/clock'
import { tokensOfRefresh } from '@wxcc/connection/grants'
import { FatalError } from '@wxcc/contracts/failures'
import { ConfigError } from '@wxcc/runtime/load-config'
import { createLogger } from '@wxcc/telemetry/log'
import type { GrantedTokens } from '@wxcc/webex/access-token'
import { createWebexClient } from '@wxcc/webex/client'

/**
 * Gets a token and looks at the organisation with it, before anything is stored. Throws a `ConfigError` that names what the vendor refused;
 * answers the tokens as the vendor returned them.
 */
export async function tryCredential(given: {
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly tokenUrl: string
  readonly apiUrl: string
  readonly orgId: string
  readonly now: Clock
}): Promise<GrantedTokens> {
  let granted: GrantedTokens | undefined
  const app = { clientId: given.clientId, clientSecret: given.clientSecret, tokenUrl: given.tokenUrl }
  const get = async () => (granted ??= await tokensOfRefresh(app, given.refreshToken, given.now)).accessToken
  const client = createWebexClient({
    apiUrl: given.apiUrl,
    orgId: given.orgId,
    token: { get, replace: get },
    lane: 'live',
    acquire: async () => {},
    log: createLogger('cli', { level: 'silent' }),
  })
  try {
    await client.call({
      endpoint: 'configuration',
      method: 'GET',
      path: `/organization/${encodeURIComponent(given.orgId)}`,
    })
  } catch (error) {
    throw refusal(error, granted !== undefined) ?? error
  }
  return granted!
}

/** `hasToken`: the token endpoint was content, so that the API is what refused or did not answer. */
function refusal(error: unknown, hasToken: boolean): ConfigError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  switch (error.code) {
    case 'consent_needed':
      return new ConfigError([
        {
          setting: 'WEBEX_CLIENT_SECRET, WEBEX_REFRESH_TOKEN, --client-id:',
          problem: 'the vendor refused them; one of the three is wrong or expired',
        },
      ])
    case 'vendor_unauthorized':
    case 'vendor_forbidden':
    case 'vendor_not_found':
      if (!hasToken) break
      return new ConfigError([
        {
          setting: '--org, --data-center:',
          problem: 'the token works, but not for this organisation in this data center',
        },
      ])
    case 'vendor_timeout':
    case 'vendor_unavailable':
      return new ConfigError([
        { setting: hasToken ? '--api-url:' : '--token-url:', problem: 'the vendor cannot be reached there' },
      ])
    default:
      return error instanceof FatalError || error.code === 'vendor_malformed'
        ? new ConfigError([
            { setting: hasToken ? '--api-url:' : '--token-url:', problem: 'this does not answer as Webex does' },
          ])
        : undefined
  }
}
