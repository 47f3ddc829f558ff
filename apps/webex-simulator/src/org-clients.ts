import { z } from 'zod'
import { applicationIdOf, builtInApps } from './oauth/oauth-app.ts'
import type { AuthorizedClient, OAuthApp } from './oauth/oauth-app.ts'
import { splitScopes } from './oauth/scopes.ts'
import type { Settings } from './settings.ts'

/** An app in an organization of the orgs file. */
export const clientSchema = z.strictObject({
  id: z.string().min(1),
  /** Needed where an app is named first; the built-in ones need no more than their id. */
  secret: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  kind: z.enum(['integration', 'service-app']).optional(),
  redirectUris: z.array(z.string().min(1)).optional(),
  /** Registered for where it is named first, granted there; further down granted only. Separated by spaces. */
  scopes: z.string().transform(splitScopes).optional(),
  /** Service apps: whether an administrator of this organization has authorized it. */
  authorized: z.boolean().default(true),
  refreshToken: z.string().min(1).optional(),
})
type ClientEntry = z.infer<typeof clientSchema>

function registered(entry: ClientEntry, place: string): OAuthApp {
  const { id, secret, name = id, kind = 'integration', redirectUris = [], scopes } = entry
  if (secret === undefined) throw new Error(`${place}.secret: missing where the app is named first`)
  if (scopes === undefined) throw new Error(`${place}.scopes: missing where the app is named first`)
  return { clientId: id, clientSecret: secret, name, kind, applicationId: applicationIdOf(id), redirectUris, scopes }
}

/** One app is the same in every organization: what is said of it twice must agree. */
function checkSame(app: OAuthApp, { secret, name, kind, redirectUris, scopes }: ClientEntry, place: string): void {
  const differs = {
    secret: secret !== undefined && secret !== app.clientSecret,
    name: name !== undefined && name !== app.name,
    kind: kind !== undefined && kind !== app.kind,
    redirectUris: redirectUris?.some((uri) => !app.redirectUris.includes(uri)) ?? false,
    scopes: scopes?.some((scope) => !app.scopes.includes(scope)) ?? false,
  }
  for (const [member, isDifferent] of Object.entries(differs))
    if (isDifferent) throw new Error(`${place}.${member}: differs from what this app is registered with`)
}

/**
 * Apps of each organization, in the order of the entries. An id that comes again, or is a built-in app's, is the same app: its calls count together.
 * Throws an Error that names the place.
 */
export function readClients(
  orgs: readonly { readonly clients?: readonly ClientEntry[] | undefined }[],
  settings: Settings,
): readonly (readonly AuthorizedClient[])[] {
  const [integration, serviceApp] = builtInApps(settings)
  const apps = new Map([integration, serviceApp].map((app) => [app.clientId, app]))
  const granted = new Map<string, readonly string[]>([[integration.clientId, settings.SIM_SCOPES]])
  const refreshTokens = new Set([settings.SIM_REFRESH_TOKEN])
  const read = (entry: ClientEntry, place: string): AuthorizedClient => {
    const known = apps.get(entry.id)
    if (known !== undefined) checkSame(known, entry, place)
    const app = known ?? registered(entry, place)
    apps.set(app.clientId, app)
    const { refreshToken } = entry
    if (refreshToken !== undefined && refreshTokens.has(refreshToken))
      throw new Error(`${place}.refreshToken: the same as another one`)
    if (refreshToken !== undefined) refreshTokens.add(refreshToken)
    const scopes = entry.scopes ?? granted.get(app.clientId) ?? app.scopes
    return { app, isAuthorized: entry.authorized, scopes, refreshToken }
  }
  return orgs.map(({ clients = [] }, orgAt) => clients.map((entry, at) => read(entry, `[${orgAt}].clients[${at}]`)))
}
