import type { Clock } from '@wxcc/contracts/clock'
import type { Secret } from '@wxcc/contracts/secret'
import { type GrantedTokens, grantTokens } from '@wxcc/webex/access-token'

/** A client of the vendor's: an integration, or a Service App. */
export interface App {
  readonly clientId: string
  readonly clientSecret: Secret | string
  readonly tokenUrl: string
}

/** Tokens for a refresh token somebody has already: of an integration, or of a Service App (webex-cc-api §1.8). */
export async function tokensOfRefresh(app: App, refreshToken: Secret | string, now: Clock): Promise<GrantedTokens> {
  return grantTokens(app.tokenUrl, await now(), {
    grant_type: 'refresh_token',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    refresh_token: refreshToken,
  })
}
