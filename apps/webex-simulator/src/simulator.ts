/** The vendor's HTTP surface over a world, and the control plane beside it. */
import { randomBytes, randomUUID } from 'node:crypto'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { registerFileRoute } from './captures/file-route.ts'
import { registerCaptureQuery } from './captures/query-route.ts'
import { createSignedLinks } from './captures/signed-links.ts'
import type { SignedLinks } from './captures/signed-links.ts'
import type { SimulatedClock } from './clock.ts'
import { registerConfigurationChangeRoute } from './configuration/change-route.ts'
import { createConfigurationChanges } from './configuration/configuration-changes.ts'
import type { ConfigurationChanges } from './configuration/configuration-changes.ts'
import { refuseConfiguration } from './configuration/refuse-configuration.ts'
import { registerConfigurationRoutes } from './configuration/routes.ts'
import { registerClockRoutes } from './control/clock-routes.ts'
import { refuseInOwnWords } from './control/control-error.ts'
import { registerFaultRoutes } from './control/fault-routes.ts'
import { registerControlIndex } from './control/index-route.ts'
import { registerInfoRoutes } from './control/info-routes.ts'
import { registerMetrics } from './control/metrics.ts'
import { registerTruthRoutes } from './control/truth-routes.ts'
import { registerAnswerFaults } from './faults/apply-to-answer.ts'
import { createFaultList } from './faults/fault-list.ts'
import type { FaultList } from './faults/fault-list.ts'
import { registerGate } from './http/authenticate.ts'
import { refuse, refuseLikeWebexApis } from './http/envelopes.ts'
import type { Refuse } from './http/envelopes.ts'
import { acceptForms } from './http/form-body.ts'
import { createRequestLog } from './limits/request-log.ts'
import type { RequestLog } from './limits/request-log.ts'
import { createSlidingWindow } from './limits/sliding-window.ts'
import type { SlidingWindow } from './limits/sliding-window.ts'
import { noteUnknownPath, registerTraffic } from './limits/traffic.ts'
import { registerAuthorizeRoutes } from './oauth/authorize-routes.ts'
import { registerOAuthControl } from './oauth/control-routes.ts'
import { createIdentity } from './oauth/identity.ts'
import type { Identity } from './oauth/identity.ts'
import { registerServiceAppToken, registerTokenRoutes } from './oauth/token-routes.ts'
import type { OpenedOrgs } from './open-orgs.ts'
import type { Orgs } from './orgs.ts'
import { registerSearchMetaRoute } from './search/meta-route.ts'
import { registerSearchRoute } from './search/route.ts'
import { registerOverviewPage } from './page/overview-route.ts'
import { registerPeopleRoutes } from './people/routes.ts'
import { pathInRegion } from './regions.ts'
import type { Settings } from './settings.ts'
import { registerStatisticsRoutes } from './statistics/routes.ts'
import { registerTasksRoute } from './tasks/tasks-route.ts'
import { createEventData } from './webhooks/event-data.ts'
import { openWebhooks } from './webhooks/open-webhooks.ts'
import type { Webhooks } from './webhooks/open-webhooks.ts'
import { refuseSubscription } from './webhooks/subscription-routes.ts'

/** Filter lists of 1,000 ids are about 100 kB; anything far above is a mistake. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024

/** What the routes share. */
interface Parts {
  readonly settings: Settings
  readonly orgs: Orgs
  readonly clock: SimulatedClock
  readonly identity: Identity
  readonly window: SlidingWindow
  readonly requests: RequestLog
  readonly faults: FaultList
  readonly links: SignedLinks
  readonly changes: ConfigurationChanges
  readonly webhooks: Webhooks
  readonly nowMs: () => number
}

function makeParts(settings: Settings, { orgs, clock }: OpenedOrgs): Parts {
  const nowMs = () => clock.nowMs()
  const links = createSignedLinks(randomBytes(32))
  return {
    settings,
    orgs,
    clock,
    identity: createIdentity(settings, orgs, nowMs),
    window: createSlidingWindow(settings.SIM_RATE_LIMIT_PER_MINUTE),
    requests: createRequestLog(),
    faults: createFaultList(nowMs),
    links,
    changes: createConfigurationChanges(),
    webhooks: openWebhooks({ orgs, settings, nowMs, dataFor: createEventData({ orgs, links, nowMs }) }),
    nowMs,
  }
}

/** Vendor's paths that need a token, in scopes that refuse in their host's own envelope. */
function registerGatedPaths(app: FastifyInstance, parts: Parts): void {
  const { settings, faults, links, nowMs, requests } = parts
  const wrongRegionStatus = settings.SIM_WRONG_REGION_STATUS
  /** Contact-centre hosts exist once per region, webexapis.com once for all. */
  const gated = (envelope: Refuse, register: (scope: FastifyInstance) => void, isRegional = true) =>
    app.register(async (scope) => {
      registerTraffic(scope, { requests, nowMs, isCounted: true })
      registerGate(scope, {
        ...parts,
        tokens: parts.identity.tokens,
        refuse: envelope,
        wrongRegionStatus: isRegional ? wrongRegionStatus : undefined,
      })
      registerAnswerFaults(scope, faults, nowMs)
      register(scope)
    })
  gated(refuse, (scope) => {
    registerSearchRoute(scope, {
      faults,
      nowMs,
      bounds: settings.SIM_WINDOW_BOUNDS,
      spanLimit: settings.SIM_SPAN_LIMIT,
      innerTies: settings.SIM_INNER_TIES,
      emptyObjects: settings.SIM_EMPTY_OBJECTS,
      absentMembers: settings.SIM_RECORDS === 'thin' ? 'left-out' : 'null',
      introspection: settings.SIM_INTROSPECTION,
      lag: settings.SIM_INDEX_LAG_SECONDS,
      replicas: settings.SIM_REPLICAS,
      invalidStatus: settings.SIM_GRAPHQL_ERROR_STATUS,
      limitStatus: settings.SIM_LIMIT_ERROR_STATUS,
    })
    registerSearchMetaRoute(scope)
    registerCaptureQuery(scope, {
      links,
      nowMs,
      orgIdIs: settings.SIM_CAPTURES_ORG_ID,
      listsOpenTasks: settings.SIM_OPEN_CAPTURES === 'listed',
    })
    registerTasksRoute(scope, { nowMs, bounds: settings.SIM_WINDOW_BOUNDS })
    registerStatisticsRoutes(scope, parts)
  })
  gated(refuseConfiguration, (scope) => registerConfigurationRoutes(scope, parts))
  gated(refuseSubscription, (scope) => parts.webhooks.registerRoutes(scope))
  gated(
    refuseLikeWebexApis,
    (scope) => {
      registerPeopleRoutes(scope, parts.identity.directory)
      registerServiceAppToken(scope, parts.identity, parts.orgs)
    },
    false,
  )
}

/** Vendor's paths without one: the identity service and the storage behind capture links. */
function registerOpenPaths(app: FastifyInstance, parts: Parts): void {
  app.register(async (scope) => {
    registerTraffic(scope, { ...parts, isCounted: false })
    registerAnswerFaults(scope, parts.faults, parts.nowMs)
    acceptForms(scope)
    registerTokenRoutes(scope, parts.identity, parts.settings.SIM_TOKEN_ERROR_FORM)
    registerAuthorizeRoutes(scope, parts.identity, parts.orgs)
    registerFileRoute(scope, parts)
  })
}

/** For whoever runs it, as every app of this repository answers: it serves from the moment it listens. */
function registerHealth(app: FastifyInstance): void {
  for (const path of ['/healthz', '/readyz']) app.get(path, (_request, reply) => reply.send({ status: 'ok' }))
}

/** Ours, under `/_sim/`. */
function registerControlPlane(app: FastifyInstance, parts: Parts): void {
  const { orgs, clock, requests, faults } = parts
  app.register(async (scope) => {
    refuseInOwnWords(scope)
    registerControlIndex(scope)
    registerMetrics(scope, requests, parts.window)
    registerConfigurationChangeRoute(scope, parts)
    parts.webhooks.registerControl(scope)
    registerClockRoutes(scope, clock)
    registerInfoRoutes(scope, parts)
    registerTruthRoutes(scope, orgs)
    registerOAuthControl(scope, parts.identity, orgs)
    registerFaultRoutes(scope, faults, orgs)
  })
}

/** Builds the server without listening. */
export function createSimulator(settings: Settings, opened: OpenedOrgs): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    rewriteUrl: ({ url = '/' }) => pathInRegion(url),
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('trackingid', request.headers['trackingid'] ?? randomUUID())
  })
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
    refuse(reply, error.statusCode ?? 500, error.message),
  )
  const parts = makeParts(settings, opened)
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/_sim')) return reply.code(404).send({ error: 'No such call; /_sim/ lists them.' })
    noteUnknownPath(parts, request)
    return refuse(reply, 404, 'no such resource')
  })
  app.addHook('onClose', async () => parts.webhooks.close())
  registerGatedPaths(app, parts)
  registerOpenPaths(app, parts)
  registerControlPlane(app, parts)
  registerOverviewPage(app, settings, opened.orgs)
  registerHealth(app)
  return app
}
