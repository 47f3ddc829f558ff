import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from '../http/envelopes.ts'
import { addUnknownField } from './add-unknown-field.ts'
import { draw } from './draw.ts'
import type { FaultList } from './fault-list.ts'
import { faultSubject } from './fault-subject.ts'

/** The beginning of a body, then a broken connection: the stream fails after the whole length was announced. */
export function cutAt(body: Buffer, atByte: number): Readable {
  async function* beginning() {
    yield body.subarray(0, atByte)
    throw new Error('injected fault: body cut')
  }
  return Readable.from(beginning())
}

/** Faults any vendor path can meet: delay, reset and status before the work, another clock and broken bodies after it. */
export function registerAnswerFaults(app: FastifyInstance, faults: FaultList, nowMs: () => number): void {
  app.addHook('preHandler', (request, reply) => refuseOrWait(faults, request, reply))
  app.addHook('onSend', async (request, reply, payload) => {
    const subject = faultSubject(request)
    const skew = faults.take(subject, ['clockSkew'])
    if (skew !== undefined) reply.header('date', new Date(nowMs() + skew.skewMs).toUTCString())
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload
    const unknown = faults.take(subject, ['unknownField'])
    const whole = unknown === undefined ? payload : addUnknownField(payload, unknown)
    if (whole !== payload) reply.removeHeader('content-length')
    return broken(faults, request, reply, whole)
  })
}

async function refuseOrWait(faults: FaultList, request: FastifyRequest, reply: FastifyReply) {
  const subject = faultSubject(request)
  const held = faults.takeHit(subject, ['delay'])
  if (held !== undefined) {
    const { delayMs, upToMs = delayMs } = held.fault
    await setTimeout(delayMs + draw(held.seed, 'delay', held.hit) * (upToMs - delayMs), undefined, { ref: false })
  }
  if (faults.take(subject, ['reset']) !== undefined) {
    reply.hijack()
    request.raw.socket.resetAndDestroy()
    return undefined
  }
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
}

function broken(faults: FaultList, request: FastifyRequest, reply: FastifyReply, payload: string | Buffer) {
  const fault = faults.take(faultSubject(request), ['cutBody', 'malformedJson', 'wrongContentLength'])
  if (fault === undefined) return payload
  const body = Buffer.from(payload)
  switch (fault.kind) {
    case 'cutBody':
      reply.header('content-length', body.length)
      return cutAt(body, fault.atByte ?? Math.floor(body.length / 2))
    case 'wrongContentLength':
      reply.header('content-length', Math.max(0, body.length + fault.deltaBytes)).header('connection', 'close')
      return Readable.from([body])
    case 'malformedJson':
      reply.removeHeader('content-length')
      return body.subarray(0, Math.floor(body.length / 2))
    default:
      return fault satisfies never
  }
}
