import type { FastifyReply } from 'fastify'

/** Answers with an error in a host's own envelope. */
export type Refuse = (reply: FastifyReply, status: number, message: string) => FastifyReply

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

/**
 * The same host telling of a refusal by a service behind it, for which the form was seen (webex-cc-api §1.6): status line, address and error text
 * of the inner answer lie in the message.
 */
export function refuseLikeUpstream(reply: FastifyReply, url: string, error: string): FastifyReply {
  const trackingId = `ROUTER_${trackingIdOf(reply)}`
  const message = `POST failed: HTTP/1.1 400 Bad Request (url = ${url}, request/response TrackingId = ${trackingId}, error = '${error}')`
  return reply.code(400).send({ message, errors: [{ description: message }], trackingId })
}

function trackingIdOf(reply: FastifyReply): string {
  return String(reply.getHeader('trackingid') ?? reply.request.id)
}
