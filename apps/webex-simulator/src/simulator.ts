/** The vendor's HTTP surface over a world, and the control plane beside it. */
import { randomBytes, randomUUID } from 'node:crypto'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { registerFileRoute } from './captures/file-route.ts'
import { registerCaptureQuery } from './captures/query-route.ts'
import { createSignedLinks } from './captures/signed-links.ts'
import type { SignedLinks } from './captures/signed-links.ts'
import type { SimulatedClock } from './clock.ts'
import { registerConfigurationRoutes } from './configuration/routes.ts'
import { registerPeopleRoute } from './configuration/people-route.ts'
import { registerClockRoutes } from './control/clock-routes.ts'
import { registerFaultRoutes } from './control/fault-routes.ts'
import { registerInfoRoutes } from './control/info-routes.ts'
import { registerTruthRoutes } from './control/truth-routes.ts'
import { registerAnswerFaults } from './faults/apply-to-answer.ts'
import { createFaultList } from './faults/fault-list.ts'
import type { FaultList } from './faults/fault-list.ts'
import { registerGate } from './http/authenticate.ts'
import { refuse, refuseLikeWebexApis } from './http/envelopes.ts'
import { createRequestLog } from './limits/request-log.ts'
import type { RequestLog } from './limits/request-log.ts'
import { createSlidingWindow } from './limits/sliding-window.ts'
import type { SlidingWindow } from './limits/sliding-window.ts'
import { registerTokenRoute } from './oauth/routes.ts'
import { createTokenStore } from './oauth/token-store.ts'
import type { TokenStore } from './oauth/token-store.ts'
import type { OpenedOrgs } from './open-orgs.ts'
import type { Orgs } from './orgs.ts'
import { registerSearchRoute } from './search/route.ts'
import type { Settings } from './settings.ts'

/** Filter lists of 1,000 ids are about 100 kB; anything far above is a mistake. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024

/** What the routes share. */
interface Parts {
  readonly settings: Settings
  readonly orgs: Orgs
  readonly clock: SimulatedClock
  readonly tokens: TokenStore
  readonly window: SlidingWindow
  readonly requests: RequestLog
  readonly faults: FaultList
  readonly links: SignedLinks
  readonly nowMs: () => number
}

function makeParts(settings: Settings, { orgs, clock }: OpenedOrgs): Parts {
  const nowMs = () => clock.nowMs()
  const tokens = createTokenStore({
    clientId: settings.SIM_CLIENT_ID,
    clientSecret: settings.SIM_CLIENT_SECRET,
    refreshToken: settings.SIM_REFRESH_TOKEN,
    authorizationCode: settings.SIM_AUTHORIZATION_CODE,
    orgId: orgs.all[0].id,
    accessSeconds: settings.SIM_ACCESS_TOKEN_SECONDS,
    refreshSeconds: settings.SIM_REFRESH_TOKEN_SECONDS,
    rotates: settings.SIM_REFRESH_TOKEN_ROTATES,
    nowMs,
  })
  return {
    settings,
    orgs,
    clock,
    tokens,
    window: createSlidingWindow(settings.SIM_RATE_LIMIT_PER_MINUTE),
    requests: createRequestLog(),
    faults: createFaultList(),
    links: createSignedLinks(randomBytes(32)),
    nowMs,
  }
}

/** Vendor's paths that need a token, in scopes that refuse in their host's own envelope. */
function registerGatedPaths(app: FastifyInstance, parts: Parts): void {
  const { settings, faults, links, nowMs, requests } = parts
  const gated = (envelope: typeof refuse, register: (scope: FastifyInstance) => void) =>
    app.register(async (scope) => {
      scope.addHook('onRequest', async (request) => {
        requests.begin(`${request.method} ${request.routeOptions.url ?? ''}`, nowMs())
      })
      scope.addHook('onResponse', async (_request, reply) => requests.end(reply.statusCode))
      registerGate(scope, { ...parts, refuse: envelope })
      registerAnswerFaults(scope, faults)
      register(scope)
    })
  gated(refuse, (scope) => {
    registerSearchRoute(scope, {
      faults,
      nowMs,
      bounds: settings.SIM_WINDOW_BOUNDS,
      innerTies: settings.SIM_INNER_TIES,
      invalidStatus: settings.SIM_GRAPHQL_ERROR_STATUS,
    })
    registerCaptureQuery(scope, { links, nowMs })
  })
  gated(refuse, (scope) => registerConfigurationRoutes(scope))
  gated(refuseLikeWebexApis, (scope) => registerPeopleRoute(scope))
}

/** Vendor's paths without one: the identity service and the storage behind capture links. */
function registerOpenPaths(app: FastifyInstance, parts: Parts): void {
  app.register(async (scope) => {
    registerAnswerFaults(scope, parts.faults)
    registerTokenRoute(scope, parts.tokens)
    registerFileRoute(scope, parts)
  })
}

/** For whoever runs it, as every app of this repository answers: it serves from the moment it listens. */
function registerHealth(app: FastifyInstance): void {
  for (const path of ['/healthz', '/readyz']) app.get(path, (_request, reply) => reply.send({ status: 'ok' }))
}

/** Ours, under `/_sim/`. */
function registerControlPlane(app: FastifyInstance, { orgs, clock, requests, faults }: Parts): void {
  app.register(async (scope) => {
    registerClockRoutes(scope, clock)
    registerInfoRoutes(scope, orgs, requests)
    registerTruthRoutes(scope, orgs)
    const { drops } = orgs.all[0]
    registerFaultRoutes(scope, { faults, droppedTasks: drops.ids, dropTasks: drops.drop })
  })
}

/** Builds the server without listening. */
export function createSimulator(settings: Settings, opened: OpenedOrgs): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('trackingid', request.headers['trackingid'] ?? randomUUID())
  })
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
    refuse(reply, error.statusCode ?? 500, error.message),
  )
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'no such resource'))

  const parts = makeParts(settings, opened)
  registerGatedPaths(app, parts)
  registerOpenPaths(app, parts)
  registerControlPlane(app, parts)
  registerHealth(app)
  return app
}
