import type { Clock } from '@wxcc/contracts/clock'
import { type Person, findSession } from '@wxcc/db/board-session'
import type { Database } from '@wxcc/db/connect'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Cookies, readCookie } from './cookie.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on everything behind the guard. */
    person: Person | null
  }
}

/** Whether a request of this method may change anything. */
export function isChange(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}

/**
 * Refuses what another site makes a browser send (CSRF): a request that changes something must say that it comes from a page of this board. Browsers
 * say so in `Origin`, and no page can forge it; whoever sends none is not a browser at our page.
 */
export function refuseOtherOrigins(server: FastifyInstance, originOf: (request: FastifyRequest) => string): void {
  server.addHook('onRequest', async (request, reply) => {
    if (!isChange(request.method) || request.headers.origin === originOf(request)) return
    return reply.status(403).send({ statusCode: 403, message: 'Only a page of this board may ask for that.' })
  })
}

/** Lets nobody past without a session: pages send to the log-in, everything else answers 401. Unknown paths too, so that nobody can tell what exists. */
export function requireSession(
  scope: FastifyInstance,
  { db, now, cookies }: { readonly db: Database; readonly now: Clock; readonly cookies: Cookies },
): void {
  scope.decorateRequest('person', null)
  scope.addHook('onRequest', async (request, reply) => {
    const token = readCookie(request.headers.cookie, cookies.session)
    const person = token === undefined ? undefined : await findSession(db, token, await now())
    if (person !== undefined) {
      request.person = person
      return
    }
    void reply.header('cache-control', 'no-store')
    if (request.method === 'GET' && request.headers.accept?.includes('text/html') === true)
      return reply.redirect(`/log-in?next=${encodeURIComponent(request.url)}`, 303)
    return reply.status(401).send({ statusCode: 401, message: 'Log in first: /log-in' })
  })
}

/** Who asks, behind the guard. */
export function personOf(request: FastifyRequest): Person {
  if (request.person === null) throw new Error('a route that asks who is there lies outside the guard')
  return request.person
}

/** An `onRequest` of routes that viewers may not use. */
export async function requireOperator(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (personOf(request).role === 'operator') return
  return reply.status(403).send({ statusCode: 403, message: 'This takes the role of an operator: wxcc users set-role' })
}
