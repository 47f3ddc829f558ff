import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { faultSchema } from '../faults/fault.ts'
import type { FaultRequest } from '../faults/fault.ts'
import type { FaultList } from '../faults/fault-list.ts'
import type { Orgs } from '../orgs.ts'
import { ControlError, orgOf } from './control-error.ts'

const requestSchema = z.union([
  z.array(faultSchema),
  z.strictObject({ faults: z.array(faultSchema) }).transform(({ faults }) => faults),
])
/** Every kind of fault there is. */
export const FAULT_KINDS = faultSchema.shape.fault.options.map((option) => option.shape.kind.value)

/** `POST` adds to, `GET` shows and `DELETE` empties the list of faults, or takes one out by its id. */
export function registerFaultRoutes(app: FastifyInstance, faults: FaultList, orgs: Orgs): void {
  const shown = () => ({ faults: faults.list(), droppedTasks: orgs.all.flatMap(({ drops }) => [...drops.ids()]) })
  /** Tasks are chosen once, when told, of one organization: the one the fault names, else the first. */
  const dropTasks = ({ fault, match }: FaultRequest) => {
    if (fault.kind === 'dropTasks') orgOf(orgs, { org: match.org }).drops.drop(fault.tasks)
  }
  const restore = () => {
    for (const { drops } of orgs.all) drops.drop(0)
  }

  app.get('/_sim/faults', (_request, reply) => reply.send(shown()))
  app.delete('/_sim/faults', (_request, reply) => {
    faults.clear()
    restore()
    return reply.send(shown())
  })
  app.delete<{ Params: { id: string } }>('/_sim/faults/:id', (request, reply) => {
    const { id } = request.params
    if (!faults.remove(Number(id))) throw new ControlError(404, `No fault has the id ${id}.`)
    restore()
    for (const left of faults.list()) dropTasks(left)
    return reply.send(shown())
  })
  app.post('/_sim/faults', (request, reply) => {
    const parsed = requestSchema.safeParse(request.body)
    if (!parsed.success) {
      return reply.code(400).send({
        error: `Not a list of faults ({match, fault: {kind, …}, times, skip, every, probability, seed}); kinds: ${FAULT_KINDS.join(', ')}.`,
        issues: z.array(faultSchema).safeParse(listIn(request.body)).error?.issues ?? parsed.error.issues,
      })
    }
    for (const one of parsed.data) dropTasks(one)
    faults.add(parsed.data)
    return reply.send(shown())
  })
}

/** What a union says of a mistake helps nobody; its list does. */
function listIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'faults' in body ? body.faults : body
}
