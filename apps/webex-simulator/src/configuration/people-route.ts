import type { FastifyInstance } from 'fastify'

const encode = (text: string) => Buffer.from(text).toString('base64url')

/** `GET /v1/people/me` of webexapis.com: how a client learns its organization when the token does not tell. */
export function registerPeopleRoute(app: FastifyInstance, orgId: string): void {
  app.get('/v1/people/me', (_request, reply) =>
    reply.send({
      id: encode(`ciscospark://us/PEOPLE/${orgId}`),
      orgId: encode(`ciscospark://us/ORGANIZATION/${orgId}`),
      displayName: 'Simulated service app',
      emails: ['service-app@simulator.invalid'],
      type: 'bot',
    }),
  )
}
