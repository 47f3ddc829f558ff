import type { FastifyInstance } from 'fastify'
import { refuseLikeWebexApis } from '../http/envelopes.ts'
import type { TokenRequest, TokenStore } from './token-store.ts'

/** `POST /v1/access_token`, a form as OAuth has it. */
export function registerTokenRoute(app: FastifyInstance, tokens: TokenStore): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())))
  })
  app.post<{ Body: TokenRequest | undefined }>('/v1/access_token', (request, reply) => {
    const outcome = tokens.issue(request.body ?? {})
    if ('status' in outcome) return refuseLikeWebexApis(reply, outcome.status, outcome.message)
    return reply.send(outcome.answer)
  })
}
