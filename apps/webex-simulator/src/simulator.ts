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
import { createDroppedTasks } from './faults/dropped-tasks.ts'
import type { DroppedTasks } from './faults/dropped-tasks.ts'
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
import type { OpenedWorld } from './open-world.ts'
import { registerSearchRoute } from './search/route.ts'
import { createSeenWorld } from './seen-world.ts'
import type { SeenWorld } from './seen-world.ts'
import type { Settings } from './settings.ts'

/** Filter lists of 1,000 ids are about 100 kB; anything far above is a mistake. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024

/** What the routes share. */
interface Parts {
  readonly settings: Settings
  readonly seen: SeenWorld
  readonly clock: SimulatedClock
  readonly tokens: TokenStore
  readonly window: SlidingWindow
  readonly requests: RequestLog
  readonly faults: FaultList
  readonly links: SignedLinks
  readonly drops: DroppedTasks
  readonly nowMs: () => number
}

function makeParts(settings: Settings, { world, clock }: OpenedWorld): Parts {
  const nowMs = () => clock.nowMs()
  const seen = createSeenWorld(world, clock, settings.SIM_WORLD_UNTIL)
  const tokens = createTokenStore({
    clientId: settings.SIM_CLIENT_ID,
    clientSecret: settings.SIM_CLIENT_SECRET,
    refreshToken: settings.SIM_REFRESH_TOKEN,
    authorizationCode: settings.SIM_AUTHORIZATION_CODE,
    orgId: world.orgId,
    accessSeconds: settings.SIM_ACCESS_TOKEN_SECONDS,
    refreshSeconds: settings.SIM_REFRESH_TOKEN_SECONDS,
    rotates: settings.SIM_REFRESH_TOKEN_ROTATES,
    nowMs,
  })
  return {
    settings,
    seen,
    clock,
    tokens,
    window: createSlidingWindow(settings.SIM_RATE_LIMIT_PER_MINUTE),
    requests: createRequestLog(),
    faults: createFaultList(),
    links: createSignedLinks(randomBytes(32)),
    drops: createDroppedTasks(seen, settings.SIM_DROP_TASKS),
    nowMs,
  }
}

/** Vendor's paths that need a token, in scopes that refuse in their host's own envelope. */
function registerGatedPaths(app: FastifyInstance, parts: Parts): void {
  const { settings, seen, faults, links, drops, nowMs, requests } = parts
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
      seen,
      faults,
      nowMs,
      bounds: settings.SIM_WINDOW_BOUNDS,
      innerTies: settings.SIM_INNER_TIES,
      invalidStatus: settings.SIM_GRAPHQL_ERROR_STATUS,
      droppedTasks: drops.ids,
    })
    registerCaptureQuery(scope, { seen, links, nowMs })
  })
  gated(refuse, (scope) => registerConfigurationRoutes(scope, seen.world))
  gated(refuseLikeWebexApis, (scope) => registerPeopleRoute(scope, seen.world.orgId))
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
function registerControlPlane(app: FastifyInstance, { settings, seen, clock, requests, faults, drops }: Parts): void {
  app.register(async (scope) => {
    registerClockRoutes(scope, clock)
    registerInfoRoutes(scope, seen, requests, settings.SIM_SEED)
    registerTruthRoutes(scope, seen)
    registerFaultRoutes(scope, { faults, droppedTasks: drops.ids, dropTasks: drops.drop })
  })
}

/** Builds the server without listening. */
export function createSimulator(settings: Settings, opened: OpenedWorld): FastifyInstance {
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
