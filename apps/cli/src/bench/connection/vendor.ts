import path from 'node:path'
import type { Clock } from '@wxcc/contracts/clock'
import { httpClock } from '@wxcc/runtime/http-clock'
import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { type GrantedTokens, grantTokens } from '@wxcc/webex/access-token'

const ENTRY = path.join(import.meta.dirname, '../../../../webex-simulator/src/main.ts')
const REDIRECT_URI = 'http://127.0.0.1/callback'

/** A client of the simulator's, as a source is connected with it. */
export interface BenchClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly tokenUrl: string
}

/** A simulator and what is done to it from outside. */
export interface Vendor {
  readonly app: RunningApp
  readonly clock: Clock
  readonly clockUrl: string
  /** The control plane; a body makes it a POST. */
  readonly control: (part: string, body?: unknown) => Promise<unknown>
  /** Access tokens given out so far and still alive: one a refresh or consent. */
  readonly livingTokens: () => Promise<number>
  /** As when an administrator consents in the browser. */
  readonly consent: (client: BenchClient, orgId?: string) => Promise<GrantedTokens>
}

export async function startVendor(env: Readonly<Record<string, string>>): Promise<Vendor> {
  const app = await startApp({ name: 'webex-simulator', entry: ENTRY, env, restart: false })
  const clockUrl = `${app.url()}/_sim/clock`
  const clock = httpClock(clockUrl)
  const control: Vendor['control'] = async (part, body) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${app.url()}/_sim/${part}`, body === undefined ? {} : sent)
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${part}`)
    return answer.json()
  }
  return {
    app,
    clock,
    clockUrl,
    control,
    async livingTokens() {
      const { grants } = (await control('oauth')) as { grants: readonly { readonly livingAccessTokens: number }[] }
      return grants.reduce((sum, grant) => sum + grant.livingAccessTokens, 0)
    },
    async consent(client, orgId) {
      const asked = { clientId: client.clientId, scope: 'cjp:config_read', redirectUri: REDIRECT_URI }
      const { code } = (await control('oauth/codes', orgId === undefined ? asked : { ...asked, orgId })) as {
        readonly code: string
      }
      return grantTokens(client.tokenUrl, await clock(), {
        grant_type: 'authorization_code',
        client_id: client.clientId,
        client_secret: client.clientSecret,
        code,
        redirect_uri: REDIRECT_URI,
      })
    },
  }
}
