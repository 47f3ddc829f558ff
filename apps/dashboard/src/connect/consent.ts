import { AUTHORIZE_URL, TOKEN_URL, apiUrlOf } from '@wxcc/connection/data-centers'
import type { App } from '@wxcc/connection/grants'
import { type Wanted, orgOfTokens, storeConnection } from '@wxcc/connection/store-connection'
import type { Clock } from '@wxcc/contracts/clock'
import { noteAct } from '@wxcc/db/audit'
import type { Database } from '@wxcc/db/connect'
import type { Source } from '@wxcc/db/data-source'
import { type SealingKey, seal, unseal } from '@wxcc/db/seal'
import { type Authorization, beginAuthorization, exchangeCode } from '@wxcc/webex/authorization'

/** What the form asks for. */
export interface Asked {
  readonly clientId: string
  readonly clientSecret: string
  /** Of `DATA_CENTERS`, or `simulator`. */
  readonly dataCenter: string
  readonly key: string | undefined
  readonly name: string | undefined
  /** The organisation that is expected; undefined = whichever consents. */
  readonly org: string | undefined
  readonly days: number
  readonly timeZone: string
}

/** A consent that was begun and waits, sealed, with the session that began it. */
interface BegunConsent {
  readonly authorization: Authorization
  /** As text: a `Secret` would not get through JSON. */
  readonly app: App & { readonly clientSecret: string }
  readonly wanted: Wanted
  readonly org: string | undefined
}

export const SIMULATOR = 'simulator'

/** Where a browser goes, and what has to be kept until it is back. Throws `ConfigError` for a data center that does not exist. */
export function beginConsent(
  key: SealingKey,
  asked: Asked,
  at: { readonly redirectUri: string; readonly simulatorUrl: string | undefined },
): { readonly url: string; readonly sealed: Buffer } {
  const isSimulated = asked.dataCenter === SIMULATOR && at.simulatorUrl !== undefined
  const authorization = beginAuthorization({
    authorizeUrl: isSimulated ? `${at.simulatorUrl}/v1/authorize` : AUTHORIZE_URL,
    clientId: asked.clientId,
    redirectUri: at.redirectUri,
  })
  const begun: BegunConsent = {
    authorization,
    app: {
      clientId: asked.clientId,
      clientSecret: asked.clientSecret,
      tokenUrl: isSimulated ? `${at.simulatorUrl}/v1/access_token` : TOKEN_URL,
    },
    wanted: {
      key: asked.key,
      name: asked.name,
      dataCenter: isSimulated ? 'us1' : asked.dataCenter,
      apiUrl: isSimulated ? at.simulatorUrl : apiUrlOf(asked.dataCenter),
      days: asked.days,
      reportingTimeZone: asked.timeZone,
    },
    org: asked.org,
  }
  return { url: authorization.url, sealed: seal(key, JSON.stringify(begun)) }
}

/** Undefined when the answer is not one to this consent. */
export function openConsent(key: SealingKey, sealed: Buffer, state: string | undefined): BegunConsent | undefined {
  const begun: BegunConsent = JSON.parse(unseal(key, sealed))
  return begun.authorization.state === state ? begun : undefined
}

/** The code for tokens, and those for a source. Throws `ConfigError` (another organisation, a key that is taken) and what `exchangeCode` throws. */
export async function finishConsent(
  db: Database,
  key: SealingKey,
  { authorization, app, wanted, org }: BegunConsent,
  given: { readonly code: string; readonly now: Clock; readonly actor: string },
): Promise<Source> {
  const tokens = await exchangeCode({ ...app, code: given.code, authorization, now: given.now })
  const orgId = orgOfTokens(tokens, org)
  await noteAct(db, {
    actor: given.actor,
    via: 'board',
    action: 'connect source',
    subject: wanted.key ?? orgId,
    details: { dataCenter: wanted.dataCenter },
  })
  return storeConnection(db, key, { wanted, app, orgId, tokens, nowMs: await given.now() })
}
