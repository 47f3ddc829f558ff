import type { FastifyReply } from 'fastify'

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  415: 'Unsupported media type',
}

/**
 * Error body of the configuration API: the common envelope with a reason, the code again and the entity concerned (webex-cc-api §3.12). The spelling
 * of entities other than `cc_user` is inferred.
 */
export function refuseConfiguration(
  reply: FastifyReply,
  status: number,
  description: string,
  entity?: string,
): FastifyReply {
  const key = String(status)
  const named = entity === undefined ? null : `cc_${entity.replaceAll('-', '_')}`
  return reply.code(status).send({
    trackingId: `ccconfig_${String(reply.getHeader('trackingid') ?? reply.request.id)}`,
    error: {
      key,
      reason: REASONS[status] ?? 'Error',
      message: [{ description, code: key, entity: named, references: [] }],
    },
  })
}
