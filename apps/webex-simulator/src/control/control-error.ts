import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Orgs, SimulatedOrg } from '../orgs.ts'

/** A control call that cannot be answered; its message says what to do instead. */
export class ControlError extends Error {
  readonly statusCode: number
  constructor(statusCode: number, message: string) {
    super(message)
    this.name = 'ControlError'
    this.statusCode = statusCode
  }
}

/** Refusals under `/_sim/` are `{ "error": "…" }`. */
export function refuseInOwnWords(app: FastifyInstance): void {
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: error.message }),
  )
}

/** Reads a query or a body. @throws ControlError 400 naming each member that is wrong */
export function readControl<S extends z.ZodType>(schema: S, given: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  throw new ControlError(400, `${what} ${issues.join('; ')}`)
}

/** The org a control call is about: `?org=`, else the first. @throws ControlError 404 */
export function orgOf(orgs: Orgs, query: unknown): SimulatedOrg {
  const { org } = readControl(z.object({ org: z.string().optional() }), query, 'Not a query:')
  const found = org === undefined ? orgs.all[0] : orgs.find(org)
  if (found === undefined)
    throw new ControlError(404, `No such organization; there are: ${orgs.all.map(({ id }) => id).join(', ')}.`)
  return found
}
