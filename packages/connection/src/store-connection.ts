import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { type Source, addSource, getSource, listSources } from '@wxcc/db/data-source'
import type { SealingKey } from '@wxcc/db/seal'
import { ConfigError } from '@wxcc/runtime/load-config'
import type { GrantedTokens } from '@wxcc/webex/access-token'
import { orgOfToken } from '@wxcc/webex/authorization'
import type { App } from './grants.ts'

/** What somebody who connects an organisation decides; the rest is found out. */
export interface Wanted {
  /** Short name of a new source that never changes; a known organisation keeps its own. */
  readonly key: string | undefined
  readonly name: string | undefined
  readonly dataCenter: string
  readonly apiUrl: string
  /** Days that are loaded of a new source, back from now. */
  readonly days: number
  readonly reportingTimeZone: string
}

/**
 * The organisation these tokens are for. The trap: a browser that is signed in to another organisation consents for that one, without a word
 * (webex-cc-api §1.8). Throws `ConfigError` when it is not the expected one, or when neither token nor person says which it is.
 */
export function orgOfTokens(tokens: GrantedTokens, expected: string | undefined): string {
  const found = orgOfToken(tokens.accessToken)
  if (found !== null && expected !== undefined && found !== expected) {
    throw new ConfigError([
      {
        setting: '--org:',
        problem: 'the consent is for another organisation; sign out of Webex in that browser and try again',
      },
    ])
  }
  const orgId = expected ?? found
  if (orgId === null)
    throw new ConfigError([{ setting: '--org', problem: 'is needed: this token does not say whose it is' }])
  return orgId
}

/** A known organisation gets the new consent, and goes on where it stopped; a new one becomes a source. Throws `ConfigError` about the key. */
export async function storeConnection(
  db: Database,
  key: SealingKey,
  given: {
    readonly wanted: Wanted
    readonly app: App
    readonly orgId: string
    readonly tokens: GrantedTokens
    readonly nowMs: number
  },
): Promise<Source> {
  const { wanted, app, orgId, tokens, nowMs } = given
  const known = (await listSources(db, { withRemoved: true })).find((source) => source.orgId.toLowerCase() === orgId)
  if (known === undefined && !/^[a-z0-9_]{1,40}$/.test(wanted.key ?? ''))
    throw new ConfigError([{ setting: '--key', problem: 'of a new source must be 1 to 40 of a-z, 0-9 and _' }])
  if (known !== undefined && wanted.key !== undefined && wanted.key !== known.key)
    throw new ConfigError([{ setting: '--key', problem: `: this organisation is the source ${known.key}` }])
  return db.transaction().execute(async (tx) => {
    const credentials = openCredentials(tx, key)
    if (known !== undefined) {
      await credentials.replace(known.credentialId, { ...app, ...tokens, nowMs })
      return getSource(tx, known.dataSourceId)
    }
    const credentialId = await credentials.add({ ...app, refreshToken: tokens.refreshToken })
    await credentials.replace(credentialId, { ...app, ...tokens, nowMs })
    return addSource(tx, {
      key: wanted.key!,
      displayName: wanted.name ?? wanted.key!,
      orgId,
      dataCenter: wanted.dataCenter,
      apiUrl: wanted.apiUrl,
      credentialId,
      loadFromMs: floorToWindow(nowMs - wanted.days * DAY_MS),
      reportingTimeZone: wanted.reportingTimeZone,
      taskLegs: 'ask',
    })
  })
}
