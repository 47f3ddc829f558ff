import helmet from '@fastify/helmet'
import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { Logger } from '@wxcc/telemetry/log'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { Queue } from 'bullmq'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { registerBoard } from './board.ts'
import { createFailedLogIns } from './failed-log-ins.ts'
import { type Operator, requireLogIn } from './log-in.ts'
import { registerPages } from './pages.ts'
import { registerRecordings } from './recordings/register-recordings.ts'

export interface DashboardOptions {
  readonly db: Database
  readonly clock: Clock
  readonly queues: readonly Queue[]
  readonly operator: Operator
  readonly isWritable: boolean
  /** Answers whether Postgres and Redis answer; throws or false = not ready. */
  readonly isReady: () => Promise<boolean>
  readonly log: Logger
  /** Absent: recordings are listed, but their files are not handed out. */
  readonly openObjects?: (() => Promise<ObjectStore>) | undefined
}

/** The dashboard's routes. Only `/healthz` and `/readyz` answer without a log-in. */
export async function createServer(options: DashboardOptions): Promise<FastifyInstance> {
  const server = fastify({ logger: false, forceCloseConnections: true, trustProxy: false })
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const statusCode = error.statusCode ?? 500
    if (statusCode >= 500) options.log.error({ event: 'request_failed', route: request.routeOptions.url, err: error })
    // A foreign message may quote a row; ours and fastify's below 500 do not.
    const message = statusCode >= 500 ? 'The ledger could not be read. See the log of the dashboard.' : error.message
    return reply.status(statusCode).send({ statusCode, message })
  })
  await server.register(helmet, { contentSecurityPolicy: { directives: CONTENT_SECURITY } })

  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (_request, reply) => {
    const isReady = await options.isReady().catch(() => false)
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' })
  })
  await server.register(async (scope) => {
    await requireLogIn(
      scope,
      options.operator,
      createFailedLogIns(() => performance.now()),
    )
    registerPages(scope, options.db, options.clock)
    registerRecordings(scope, { db: options.db, clock: options.clock, openObjects: options.openObjects })
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
