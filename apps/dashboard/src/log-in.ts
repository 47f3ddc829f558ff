import { createHash, timingSafeEqual } from 'node:crypto'
import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance } from 'fastify'
import type { FailedLogIns } from './failed-log-ins.ts'

export interface Operator {
  readonly user: string
  readonly password: string
}

/**
 * HTTP basic authentication over everything registered on `scope` (pages, API, static files, Bull Board): 401 without a log-in, 429 after too many
 * wrong ones. Basic credentials travel with each request, so anything but loopback needs TLS in front.
 */
export async function requireLogIn(scope: FastifyInstance, operator: Operator, failed: FailedLogIns): Promise<void> {
  await scope.register(basicAuth, {
    authenticate: { realm: 'wxcc-pipeline' },
    validate(user, password, request, reply, done) {
      const waitMs = failed.waitMs(request.ip)
      if (waitMs > 0) {
        reply.header('retry-after', Math.ceil(waitMs / 1000))
        done(refusal(429, 'Too many wrong log-ins; wait a minute.'))
      } else if (matches(operator, user, password)) {
        failed.forget(request.ip)
        done()
      } else {
        failed.note(request.ip)
        done(refusal(401, 'Wrong user or password.'))
      }
    },
  })
  scope.addHook('onRequest', scope.basicAuth)
}

/** Compares digests, and always both, so that the time taken says nothing about which part was wrong or how long it is. */
export function matches(operator: Operator, user: string, password: string): boolean {
  const isUser = timingSafeEqual(digest(operator.user), digest(user))
  const isPassword = timingSafeEqual(digest(operator.password), digest(password))
  return isUser && isPassword
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refusal(statusCode: 401 | 429, message: string): Error {
  return Object.assign(new Error(message), { statusCode })
}
