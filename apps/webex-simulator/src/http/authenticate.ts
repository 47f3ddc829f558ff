import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Orgs } from '../orgs.ts'
import type { SlidingWindow } from '../limits/sliding-window.ts'
import type { TokenStore } from '../oauth/token-store.ts'

export interface GateOptions {
  readonly orgs: Orgs
  readonly tokens: TokenStore
  readonly window: SlidingWindow
  readonly nowMs: () => number
  /** Envelope of a refusal: contact-centre hosts and webexapis.com differ. */
  readonly refuse: (reply: FastifyReply, status: number, message: string) => FastifyReply
}

const NO_TOKEN = 'The request requires a valid access token set in the Authorization request header.'

function bearerOf(request: FastifyRequest): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** Every call with a token passes here: a living token first, then the client's sliding minute (429, `Retry-After`, no body). */
export function registerGate(app: FastifyInstance, { orgs, tokens, window, nowMs, refuse }: GateOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    const clientId = tokens.clientOf(bearerOf(request))
    if (clientId === undefined) return refuse(reply, 401, NO_TOKEN)
    const waitSeconds = window.admit(clientId, nowMs())
    if (waitSeconds > 0) return reply.code(429).header('retry-after', waitSeconds).send()
    const scopes = new Set(['cjp:config_read', 'cjp:config_write', 'spark:people_read'])
    request.caller = { clientId, org: orgs.all[0], scopes }
    return undefined
  })
}
