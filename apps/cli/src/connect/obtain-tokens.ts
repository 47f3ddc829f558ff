import type { Clock } from '@wxcc/contracts/clock'
import { ConfigError } from '@wxcc/runtime/load-config'
import { type GrantedTokens, grantTokens } from '@wxcc/webex/access-token'
import { beginAuthorization, exchangeCode } from '@wxcc/webex/authorization'
import { type Loopback, listenForCode } from './loopback.ts'
import { openBrowser } from './open-browser.ts'

export interface App {
  readonly clientId: string
  readonly clientSecret: string
  readonly tokenUrl: string
}

/** Tokens for a refresh token somebody has already: of an integration, or of a Service App (webex-cc-api §1.8). */
export async function tokensOfRefresh(app: App, refreshToken: string, now: Clock): Promise<GrantedTokens> {
  return grantTokens(app.tokenUrl, await now(), {
    grant_type: 'refresh_token',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    refresh_token: refreshToken,
  })
}

/** Tokens by consent in a browser, which comes back to a port of this machine. */
export async function tokensOfConsent(
  app: App,
  asked: {
    readonly authorizeUrl: string
    readonly port: number
    readonly opensBrowser: boolean
    readonly now: Clock
    readonly say: (line: string) => void
  },
): Promise<GrantedTokens> {
  const loopback = await listening(asked.port)
  try {
    const authorization = beginAuthorization({
      authorizeUrl: asked.authorizeUrl,
      clientId: app.clientId,
      redirectUri: loopback.redirectUri,
    })
    const code = loopback.codeFor(authorization.state)
    // Heard of below; until then the person may take minutes.
    code.catch(() => {})
    asked.say(
      `Consent as an administrator of the contact centre, in a browser on this machine:\n\n  ${authorization.url}\n`,
    )
    if (asked.opensBrowser) openBrowser(authorization.url)
    return await exchangeCode({ ...app, code: await code, authorization, now: asked.now })
  } finally {
    loopback.close()
  }
}

async function listening(port: number): Promise<Loopback> {
  try {
    return await listenForCode(port)
  } catch {
    throw new ConfigError([{ setting: '--redirect-port', problem: 'is taken by another program, or not allowed' }])
  }
}
