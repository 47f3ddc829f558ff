import { PEOPLE_READ } from '../http/caller.ts'
import type { FastifyInstance } from 'fastify'

const encode = (text: string) => Buffer.from(text).toString('base64url')

/** `GET /v1/people/me` of webexapis.com: how a client learns its organization when the token does not tell. */
export function registerPeopleRoute(app: FastifyInstance): void {
  app.get('/v1/people/me', { config: { access: PEOPLE_READ } }, (request, reply) => {
    const orgId = request.caller.org.id
    return reply.send({
      id: encode(`ciscospark://us/PEOPLE/${orgId}`),
      orgId: encode(`ciscospark://us/ORGANIZATION/${orgId}`),
      displayName: 'Simulated service app',
      emails: ['service-app@simulator.invalid'],
      type: 'bot',
    })
  })
}
