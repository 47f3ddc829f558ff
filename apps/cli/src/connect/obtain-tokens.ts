import type { Clock } from '@wxcc/contracts/clock'
import type { App } from '@wxcc/connection/grants'
import { ConfigError } from '@wxcc/runtime/load-config'
import type { GrantedTokens } from '@wxcc/webex/access-token'
import { beginAuthorization, exchangeCode } from '@wxcc/webex/authorization'
import { type Loopback, listenForCode } from './loopback.ts'
import { openBrowser } from './open-browser.ts'

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
