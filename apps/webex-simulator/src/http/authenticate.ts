import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SlidingWindow } from '../limits/sliding-window.ts'
import type { TokenStore } from '../oauth/token-store.ts'
import type { Orgs } from '../orgs.ts'
import { regionAsked } from '../regions.ts'
import { missingAccess } from './caller.ts'
import type { Refuse } from './envelopes.ts'

export interface GateOptions {
  readonly orgs: Orgs
  readonly tokens: TokenStore
  readonly window: SlidingWindow
  readonly nowMs: () => number
  /** Envelope of a refusal: hosts differ. */
  readonly refuse: Refuse
  /** Contact-centre hosts exist once per region; answer there to a token of another region's organization. Undefined on webexapis.com. */
  readonly wrongRegionStatus: number | undefined
}

const NO_TOKEN = 'The request requires a valid access token set in the Authorization request header.'
const WRONG_REGION = 'The organization of the access token is not served in this region.'

function bearerOf(request: FastifyRequest): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/**
 * Every call with a token passes here: a living token first, then the client's sliding minute over all its organizations (429, `Retry-After`, no
 * body; webex-cc-api §3.11), then the region, then scope and role of the endpoint (§1.8).
 */
export function registerGate(app: FastifyInstance, options: GateOptions): void {
  const { orgs, tokens, window, nowMs, refuse, wrongRegionStatus } = options
  app.addHook('onRequest', async (request, reply) => {
    const grant = tokens.grantOf(bearerOf(request))
    const org = grant === undefined ? undefined : orgs.find(grant.orgId)
    if (grant === undefined || org === undefined) return refuse(reply, 401, NO_TOKEN)
    const { app: client, person } = grant
    const waitSeconds = window.admit(client.clientId, nowMs())
    if (waitSeconds > 0) return reply.code(429).header('retry-after', waitSeconds).send()
    const region = regionAsked(request.originalUrl, request.host) ?? orgs.all[0].region
    if (wrongRegionStatus !== undefined && region !== org.region) return refuse(reply, wrongRegionStatus, WRONG_REGION)
    const scopes = new Set(grant.scopes)
    const access = request.routeOptions.config.access
    const missing = access === undefined ? undefined : missingAccess(access, scopes, person.roles)
    if (missing !== undefined) return refuse(reply, 403, missing)
    request.caller = { clientId: client.clientId, org, scopes, person, isServiceApp: client.kind === 'service-app' }
    return undefined
  })
}
