import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SimulatedClock } from '../clock.ts'

const moveSchema = z.union([z.strictObject({ advanceMs: z.int().min(0) }), z.strictObject({ nowMs: z.int().min(0) })])

/** `GET /_sim/clock`, and `POST` with `{advanceMs}` or `{nowMs}`. */
export function registerClockRoutes(app: FastifyInstance, clock: SimulatedClock): void {
  app.get('/_sim/clock', (_request, reply) => reply.send({ nowMs: clock.nowMs() }))
  app.post('/_sim/clock', (request, reply) => {
    const move = moveSchema.safeParse(request.body)
    if (!move.success) return reply.code(400).send({ error: 'Give either advanceMs or nowMs, whole milliseconds.' })
    if ('advanceMs' in move.data) clock.advance(move.data.advanceMs)
    else clock.set(move.data.nowMs)
    return reply.send({ nowMs: clock.nowMs() })
  })
}
