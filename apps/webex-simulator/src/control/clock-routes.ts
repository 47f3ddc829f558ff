import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SimulatedClock } from '../clock.ts'
import { ControlError } from './control-error.ts'

/** Far enough for any history, and far from where `Date` ends. */
const LATEST_MS = Date.parse('9000-01-01T00:00:00Z')
const FASTEST = 100_000

const speed = z.number().min(0).max(FASTEST)
const moveSchema = z.union([
  z.strictObject({ advanceMs: z.int().min(0).max(LATEST_MS), speed: speed.optional() }),
  z.strictObject({ nowMs: z.int().min(0).max(LATEST_MS), speed: speed.optional() }),
  z.strictObject({ speed }),
])
const WANTED = `Give advanceMs or nowMs (whole milliseconds, not negative), speed (0 to ${FASTEST}), or one of the two with speed.`

/** `GET /_sim/clock`, and `POST` with `{advanceMs}` or `{nowMs}`, and `{speed}`. It may be set back. */
export function registerClockRoutes(app: FastifyInstance, clock: SimulatedClock): void {
  app.get('/_sim/clock', (_request, reply) => reply.send({ nowMs: clock.nowMs(), speed: clock.speed }))
  app.post('/_sim/clock', (request, reply) => {
    const move = moveSchema.safeParse(request.body)
    if (!move.success) throw new ControlError(400, WANTED)
    if ('advanceMs' in move.data) clock.advance(move.data.advanceMs)
    if ('nowMs' in move.data) clock.set(move.data.nowMs)
    if (move.data.speed !== undefined) clock.setSpeed(move.data.speed)
    return reply.send({ nowMs: clock.nowMs(), speed: clock.speed })
  })
}
