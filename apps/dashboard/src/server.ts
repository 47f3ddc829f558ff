import helmet from '@fastify/helmet'
import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { Logger } from '@wxcc/telemetry/log'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { Queue } from 'bullmq'
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'
import { cookiesFor } from './access/cookie.ts'
import { refuseOtherOrigins, requireSession } from './access/guard.ts'
import { type SettingsUser, registerLogIn, registerLogOut } from './access/log-in.ts'
import { registerOidcLogIn } from './access/oidc-log-in.ts'
import type { Oidc } from './access/oidc.ts'
import { registerAudit } from './audit/register-audit.ts'
import { registerBoard } from './board.ts'
import { type ConnectParts, registerConnect } from './connect/register-connect.ts'
import { registerPages } from './pages.ts'
import { registerRecordings } from './recordings/register-recordings.ts'

export interface DashboardOptions {
  readonly db: Database
  readonly clock: Clock
  /** Time as people have it, for sessions. */
  readonly wallClock: Clock
  readonly queues: readonly Queue[]
  readonly settingsUser?: SettingsUser | undefined
  readonly oidc?: Oidc | undefined
  /** Where browsers find this board; absent: at the host they ask, over plain HTTP. */
  readonly publicUrl?: string | undefined
  /** Addresses whose `X-Forwarded-For` is believed. */
  readonly trustedProxy?: string | undefined
  readonly isWritable: boolean
  /** Answers whether Postgres and Redis answer; throws or false = not ready. */
  readonly isReady: () => Promise<boolean>
  readonly log: Logger
  /** Absent: recordings are listed, but their files are not handed out. */
  readonly openObjects?: (() => Promise<ObjectStore>) | undefined
  /** Absent: nothing can be connected here. */
  readonly connect?: ConnectParts | undefined
  /** Told of every route there is. */
  readonly onRoute?: (method: string, path: string) => void
}

/** The dashboard's routes. Only `/healthz`, `/readyz` and the log-in answer without a session. */
export async function createServer(options: DashboardOptions): Promise<FastifyInstance> {
  const { db, publicUrl, log } = options
  const server = fastify({
    logger: false,
    forceCloseConnections: true,
    trustProxy: options.trustedProxy ?? false,
  })
  const { onRoute } = options
  if (onRoute !== undefined)
    server.addHook('onRoute', ({ method, url }) => [method].flat().forEach((each) => onRoute(each, url)))
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const statusCode = error.statusCode ?? 500
    if (statusCode >= 500) log.error({ event: 'request_failed', route: request.routeOptions.url, err: error })
    // A foreign message may quote a row; ours and fastify's below 500 do not.
    const message = statusCode >= 500 ? 'The ledger could not be read. See the log of the dashboard.' : error.message
    return reply.status(statusCode).send({ statusCode, message })
  })
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  const isSecure = publicUrl?.startsWith('https:') === true
  await server.register(helmet, {
    contentSecurityPolicy: { directives: CONTENT_SECURITY },
    // Without any referrer browsers call the origin of a form "null".
    referrerPolicy: { policy: 'same-origin' },
    ...(isSecure ? {} : { strictTransportSecurity: false }),
  })
  const originOf = (request: FastifyRequest) =>
    publicUrl === undefined ? `http://${request.headers.host}` : new URL(publicUrl).origin
  refuseOtherOrigins(server, originOf)

  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (_request, reply) => {
    const isReady = await options.isReady().catch(() => false)
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' })
  })
  const { settingsUser, oidc, wallClock: now } = options
  const access = { db, now, cookies: cookiesFor(isSecure), settingsUser, hasOidc: oidc !== undefined }
  registerLogIn(server, access)
  if (oidc !== undefined && publicUrl !== undefined) registerOidcLogIn(server, { ...access, oidc, publicUrl, log })
  await server.register(async (scope) => {
    requireSession(scope, access)
    registerLogOut(scope, access)
    registerPages(scope, db, options.clock)
    registerRecordings(scope, { db, clock: options.clock, openObjects: options.openObjects })
    registerAudit(scope, db)
    registerConnect(scope, { ...access, originOf, connect: options.connect })
    await registerBoard(scope, options)
    // Unknown paths ask for the log-in as well, so that nobody can tell what exists.
    scope.setNotFoundHandler((_request, reply) => reply.status(404).send({ statusCode: 404, message: 'Not found' }))
  })
  return server
}

const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  // Bull Board styles its loading screen and its charts inline; its scripts are files.
  styleSrc: ["'self'", "'unsafe-inline'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  // Plain HTTP on loopback is a supported way to run; TLS ends in front of it.
  upgradeInsecureRequests: null,
}
