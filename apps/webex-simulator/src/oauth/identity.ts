import type { Orgs, SimulatedOrg } from '../orgs.ts'
import { createDirectory, machineAccount } from '../people/directory.ts'
import type { Directory } from '../people/directory.ts'
import type { Settings } from '../settings.ts'
import { createCodeStore } from './code-store.ts'
import type { CodeStore } from './code-store.ts'
import { builtInApps } from './oauth-app.ts'
import type { OAuthApp } from './oauth-app.ts'
import { createTokenStore } from './token-store.ts'
import type { Grant, TokenStore } from './token-store.ts'

/** What is known of grants to whoever watches; never a token's text. */
export interface ShownGrant {
  readonly id: string
  readonly clientId: string
  readonly orgId: string
  readonly person: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  /** Epoch ms. */
  readonly grantedAtMs: number
  readonly refreshExpiresAtMs: number
  readonly livingAccessTokens: number
  readonly state: 'living' | 'expired' | 'revoked'
}

export interface ShownApp {
  readonly clientId: string
  readonly name: string
  readonly kind: OAuthApp['kind']
  readonly applicationId: string
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  /** Ids of organizations an administrator has authorized a service app in. */
  readonly authorizedBy: readonly string[]
}

/** Which grants an administrator ends; nothing given = all. */
export interface Revocation {
  readonly clientId?: string | undefined
  readonly orgId?: string | undefined
  readonly grantId?: string | undefined
}

/** The identity service: apps, people, grants. One for all organizations and regions, as webexapis.com is. */
export interface Identity {
  readonly directory: Directory
  readonly tokens: TokenStore
  readonly codes: CodeStore
  findApp(clientId: string): OAuthApp | undefined
  findAppById(applicationId: string): OAuthApp | undefined
  /** A service app's grant in an organization, opened when there is none; undefined where no administrator has authorized it. */
  machineGrant(app: OAuthApp, org: SimulatedOrg): Grant | undefined
  /** As when an administrator removes an app: its tokens die at once, a service app is no longer authorized. Answers how many grants ended. */
  revoke(which: Revocation): number
  list(): { readonly apps: readonly ShownApp[]; readonly grants: readonly ShownGrant[] }
}

export function createIdentity(settings: Settings, orgs: Orgs, nowMs: () => number): Identity {
  const directory = createDirectory()
  const tokens = createTokenStore({
    accessSeconds: settings.SIM_ACCESS_TOKEN_SECONDS,
    refreshSeconds: settings.SIM_REFRESH_TOKEN_SECONDS,
    rotates: settings.SIM_REFRESH_TOKEN_ROTATES,
    clockResets: settings.SIM_REFRESH_CLOCK_RESETS,
    form: settings.SIM_TOKEN_FORM,
    nowMs,
  })
  const codes = createCodeStore(tokens, settings.SIM_AUTHORIZATION_CODE_SECONDS, nowMs)
  const [integration, serviceApp] = builtInApps(settings)
  const apps = new Map<string, OAuthApp>([integration, serviceApp].map((app) => [app.clientId, app]))
  /** `clientId orgId` of authorized service apps. */
  const authorized = new Set(orgs.all.map((org) => authorization(serviceApp, org)))

  const administratorOf = (org: SimulatedOrg) => directory.people(org)[0]!
  const machineGrant = (app: OAuthApp, org: SimulatedOrg, refreshToken?: string) => {
    if (app.kind !== 'service-app' || !authorized.has(authorization(app, org))) return undefined
    const living = tokens
      .grants()
      .find(
        (grant) =>
          grant.app.clientId === app.clientId && grant.orgId === org.id && stateOf(grant, nowMs()) === 'living',
      )
    const scopes = org.clients.find((client) => client.app.clientId === app.clientId)?.scopes ?? app.scopes
    return living ?? tokens.open({ app, orgId: org.id, person: machineAccount(org, app), scopes }, refreshToken)
  }
  for (const org of orgs.all)
    for (const { app, isAuthorized, scopes, refreshToken } of org.clients) {
      apps.set(app.clientId, app)
      if (isAuthorized && app.kind === 'service-app') authorized.add(authorization(app, org))
      if (refreshToken === undefined) continue
      if (app.kind === 'service-app') machineGrant(app, org, refreshToken)
      else tokens.open({ app, orgId: org.id, person: administratorOf(org), scopes }, refreshToken)
    }
  const first = {
    app: integration,
    orgId: orgs.all[0].id,
    person: administratorOf(orgs.all[0]),
    scopes: settings.SIM_SCOPES,
  }
  tokens.open(first, settings.SIM_REFRESH_TOKEN)
  codes.open({ ...first, redirectUri: undefined, challenge: undefined }, settings.SIM_AUTHORIZATION_CODE)

  return {
    directory,
    tokens,
    codes,
    findApp: (clientId) => apps.get(clientId),
    findAppById: (applicationId) => [...apps.values()].find((app) => app.applicationId === applicationId),
    machineGrant,
    revoke({ clientId, orgId, grantId }) {
      if (grantId === undefined)
        for (const org of orgs.all)
          for (const app of apps.values())
            if ((clientId ?? app.clientId) === app.clientId && (orgId ?? org.id) === org.id)
              authorized.delete(authorization(app, org))
      return tokens.revoke(
        (grant) =>
          (clientId ?? grant.app.clientId) === grant.app.clientId &&
          (orgId ?? grant.orgId) === grant.orgId &&
          (grantId ?? grant.id) === grant.id,
      )
    },
    list: () => ({
      apps: [...apps.values()].map(({ clientSecret: _secret, ...app }) => ({
        ...app,
        authorizedBy: orgs.all.filter((org) => authorized.has(authorization(app, org))).map(({ id }) => id),
      })),
      grants: tokens.grants().map((grant) => ({
        id: grant.id,
        clientId: grant.app.clientId,
        orgId: grant.orgId,
        person: grant.person.displayName,
        roles: grant.person.roles,
        scopes: grant.scopes,
        grantedAtMs: grant.grantedAtMs,
        refreshExpiresAtMs: grant.refreshExpiresAtMs,
        livingAccessTokens: tokens.livingAccessTokens(grant),
        state: stateOf(grant, nowMs()),
      })),
    }),
  }
}

const authorization = (app: { readonly clientId: string }, org: SimulatedOrg) => `${app.clientId} ${org.id}`

function stateOf(grant: Grant, nowMs: number): ShownGrant['state'] {
  if (grant.isRevoked) return 'revoked'
  return nowMs < grant.refreshExpiresAtMs ? 'living' : 'expired'
}
