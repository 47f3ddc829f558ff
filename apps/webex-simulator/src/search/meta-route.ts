import type { FastifyInstance } from 'fastify'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { describeSearch } from './meta.ts'

/** `GET /search/v2/meta`: the same for every organization; the header that names one must name the caller's (webex-cc-api §3.13). */
export function registerSearchMetaRoute(app: FastifyInstance): void {
  const body = JSON.stringify(describeSearch())
  app.get('/search/v2/meta', { config: { access: CONFIG_READ } }, (request, reply) => {
    const asked = request.headers['x-organization-id']
    if (asked !== undefined && asked !== request.caller.org.id) {
      return refuse(reply, 403, 'Access to the organization is denied.')
    }
    return reply.type('application/json; charset=utf-8').send(body)
  })
}
