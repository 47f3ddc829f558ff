import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refuse } from '../http/envelopes.ts'
import type { FaultList, FaultSubject } from './fault-list.ts'

export function faultSubject(request: FastifyRequest): FaultSubject {
  return { path: request.url, text: request.body === undefined ? '' : JSON.stringify(request.body) }
}

/** Half of a body, then a broken connection: the stream fails after the whole length was announced. */
function cut(body: Buffer): Readable {
  async function* halves() {
    yield body.subarray(0, Math.floor(body.length / 2))
    throw new Error('injected fault: body cut')
  }
  return Readable.from(halves())
}

/** Faults any vendor path can meet: status and delay before the work, broken bodies after it. */
export function registerAnswerFaults(app: FastifyInstance, faults: FaultList): void {
  app.addHook('preHandler', async (request, reply) => {
    const subject = faultSubject(request)
    const delay = faults.take(subject, ['delay'])
    if (delay !== undefined) await setTimeout(delay.delayMs, undefined, { ref: false })
    const early = faults.take(subject, ['status', 'graphqlErrors'])
    if (early === undefined) return undefined
    if (early.kind === 'graphqlErrors') {
      return reply.send({
        errors: [{ message: early.message, extensions: { classification: 'DataFetchingException' } }],
        data: null,
      })
    }
    if (early.retryAfterSeconds !== undefined) reply.header('retry-after', early.retryAfterSeconds)
    return early.status === 429 ? reply.code(429).send() : refuse(reply, early.status, 'injected fault')
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload
    const fault = faults.take(faultSubject(request), ['cutBody', 'malformedJson'])
    if (fault === undefined) return payload
    const body = Buffer.from(payload)
    if (fault.kind === 'cutBody') {
      reply.header('content-length', body.length)
      return cut(body)
    }
    reply.removeHeader('content-length')
    return body.subarray(0, Math.floor(body.length / 2))
  })
}
