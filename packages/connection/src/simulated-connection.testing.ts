import { randomBytes } from 'node:crypto'
import { httpClock } from '@wxcc/runtime/http-clock'
import { type Credentials, openCredentials } from '@wxcc/db/credential'
import type { Database } from '@wxcc/db/connect'
import { type Source, addSource } from '@wxcc/db/data-source'
import { type SealingKey, readSealingKey } from '@wxcc/db/seal'
import type { Clock } from '@wxcc/contracts/clock'
import type { RunningApp } from '@wxcc/sandbox/process'
import { startSimulator } from '@wxcc/testing/simulator'
import { type GrantedTokens, grantTokens } from '@wxcc/webex/access-token'

const CLIENT = { clientId: 'simulated-client', clientSecret: 'simulated-secret' }
const KEY = readSealingKey(randomBytes(32).toString('base64'))

/** A vendor that rotates refresh tokens, on a clock of its own, and one source connected to it. */
export interface SimulatedConnection {
  readonly simulator: RunningApp
  readonly source: Source
  readonly key: SealingKey
  /** From now on the vendor misbehaves so; none = as it should. */
  readonly setFaults: (faults: readonly object[]) => Promise<void>
  readonly credentialId: number
  readonly now: Clock
  /** As another process opens it. */
  readonly open: (db: Database) => Credentials
  readonly advance: (ms: number) => Promise<void>
  /** Access tokens the vendor has given out and that still live: one a refresh. */
  readonly livingTokens: () => Promise<number>
  /** Somebody consents anew; the tokens of that, not stored yet. */
  readonly consent: () => Promise<GrantedTokens>
  readonly client: typeof CLIENT & { readonly tokenUrl: string }
}

export async function connectSimulated(db: Database): Promise<SimulatedConnection> {
  const simulator = await startSimulator({
    SIM_REFRESH_TOKEN_ROTATES: 'true',
    SIM_CLOCK_SPEED: '0',
    SIM_TASKS_PER_DAY: '5',
    SIM_AGENTS: '2',
  })
  const control = async (part: string, body?: unknown): Promise<unknown> => {
    const sent = body === undefined ? {} : { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) }
    const answer = await fetch(`${simulator.url()}/_sim/${part}`, sent)
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${part}`)
    return answer.json()
  }
  const { orgId } = (await control('info')) as { readonly orgId: string }
  const client = { ...CLIENT, tokenUrl: `${simulator.url()}/v1/access_token` }
  const now = httpClock(`${simulator.url()}/_sim/clock`)
  const credentialId = await openCredentials(db, KEY).add({ ...client, refreshToken: 'simulated-refresh-token' })
  const source = await addSource(db, {
    key: 'north',
    displayName: 'north',
    orgId,
    dataCenter: 'us1',
    apiUrl: simulator.url(),
    credentialId,
    loadFromMs: await now(),
  })
  return {
    simulator,
    source,
    key: KEY,
    async setFaults(faults) {
      await fetch(`${simulator.url()}/_sim/faults`, { method: 'DELETE' })
      if (faults.length > 0) await control('faults', faults)
    },
    credentialId,
    now,
    client,
    open: (database) => openCredentials(database, KEY),
    advance: async (advanceMs) => void (await control('clock', { advanceMs })),
    async livingTokens() {
      const { grants } = (await control('oauth')) as { grants: readonly { readonly livingAccessTokens: number }[] }
      return grants.reduce((sum, grant) => sum + grant.livingAccessTokens, 0)
    },
    async consent() {
      const redirectUri = 'http://localhost/callback'
      const { code } = (await control('oauth/codes', {
        clientId: client.clientId,
        scope: 'cjp:config_read',
        redirectUri,
      })) as { code: string }
      return grantTokens(client.tokenUrl, await now(), {
        grant_type: 'authorization_code',
        client_id: client.clientId,
        client_secret: client.clientSecret,
        code,
        redirect_uri: redirectUri,
      })
    },
  }
}

const JSON_BODY = { 'content-type': 'application/json' }
