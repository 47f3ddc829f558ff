import { AUTHORIZE_URL, TOKEN_URL, apiUrlOf } from '@wxcc/connection/data-centers'
import { type App, tokensOfRefresh } from '@wxcc/connection/grants'
import { type Wanted, orgOfTokens, storeConnection } from '@wxcc/connection/store-connection'
import type { Clock } from '@wxcc/contracts/clock'
import { noteAct } from '@wxcc/db/audit'
import type { Database } from '@wxcc/db/connect'
import type { Source } from '@wxcc/db/data-source'
import { type SealingKey, seal, unseal } from '@wxcc/db/seal'
import { ConfigError } from '@wxcc/runtime/load-config'
import { type GrantedTokens, grantServiceApp } from '@wxcc/webex/access-token'
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
  /** Tokens that are there already, so that nobody has to consent. */
  readonly given: GivenTokens | undefined
}

/** A refresh token of an integration or a Service App, or what the first one of a Service App is asked for with. */
export type GivenTokens =
  | { readonly refreshToken: string }
  | { readonly applicationId: string; readonly applicationsToken: string }

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
  const { authorizeUrl, app, wanted } = placeOf(asked, at.simulatorUrl)
  const authorization = beginAuthorization({ authorizeUrl, clientId: asked.clientId, redirectUri: at.redirectUri })
  const begun: BegunConsent = { authorization, app, wanted, org: asked.org }
  return { url: authorization.url, sealed: seal(key, JSON.stringify(begun)) }
}

/** Where the vendor is, and what is asked of it. */
function placeOf(
  asked: Asked,
  simulatorUrl: string | undefined,
): Pick<BegunConsent, 'app' | 'wanted'> & { readonly authorizeUrl: string } {
  const { clientId, clientSecret, key, name, days, timeZone: reportingTimeZone } = asked
  const simulated = asked.dataCenter === SIMULATOR ? simulatorUrl : undefined
  return {
    authorizeUrl: simulated === undefined ? AUTHORIZE_URL : `${simulated}/v1/authorize`,
    app: { clientId, clientSecret, tokenUrl: simulated === undefined ? TOKEN_URL : `${simulated}/v1/access_token` },
    wanted: {
      key,
      name,
      days,
      reportingTimeZone,
      dataCenter: simulated === undefined ? asked.dataCenter : 'us1',
      apiUrl: simulated ?? apiUrlOf(asked.dataCenter),
    },
  }
}

/** Without consent. Throws as `finishConsent` does, and what `grantServiceApp` throws. */
export async function connectWithTokens(
  db: Database,
  key: SealingKey,
  asked: Asked & { readonly given: GivenTokens },
  at: { readonly simulatorUrl: string | undefined; readonly now: Clock; readonly actor: string },
): Promise<Source> {
  const { app, wanted } = placeOf(asked, at.simulatorUrl)
  const tokens = await tokensOfGiven(app, asked, at.now)
  return keepConnection(db, key, { app, wanted, org: asked.org, tokens }, at)
}

async function tokensOfGiven(
  app: BegunConsent['app'],
  { given, org }: Asked & { readonly given: GivenTokens },
  now: Clock,
): Promise<GrantedTokens> {
  if ('refreshToken' in given) return tokensOfRefresh(app, given.refreshToken, now)
  if (org === undefined) throw new ConfigError([{ setting: 'organisation id', problem: 'is needed for a Service App' }])
  return grantServiceApp(app.tokenUrl, await now(), { ...app, ...given, orgId: org })
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
  return keepConnection(db, key, { app, wanted, org, tokens }, given)
}

async function keepConnection(
  db: Database,
  key: SealingKey,
  { app, wanted, org, tokens }: Omit<BegunConsent, 'authorization'> & { readonly tokens: GrantedTokens },
  given: { readonly now: Clock; readonly actor: string },
): Promise<Source> {
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
