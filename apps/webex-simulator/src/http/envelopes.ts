import type { FastifyReply } from 'fastify'

/** Error body of the contact-centre hosts: `{ trackingId, error: { key, message: [{ description }] } }`. */
export function refuse(reply: FastifyReply, status: number, description: string): FastifyReply {
  return reply
    .code(status)
    .send({ trackingId: trackingIdOf(reply), error: { key: String(status), message: [{ description }] } })
}

/** Error body of webexapis.com (tokens, people): `{ message, errors: [{ description }], trackingId }`. */
export function refuseLikeWebexApis(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply
    .code(status)
    .send({ message, errors: [{ description: message }], trackingId: `ROUTERGW_${trackingIdOf(reply)}` })
}

function trackingIdOf(reply: FastifyReply): string {
  return String(reply.getHeader('trackingid') ?? reply.request.id)
}
