import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { faultSchema } from '../faults/fault.ts'
import type { FaultList } from '../faults/fault-list.ts'

const requestSchema = z.union([
  z.array(faultSchema),
  z.strictObject({ faults: z.array(faultSchema) }).transform(({ faults }) => faults),
])

export interface FaultRoutesOptions {
  readonly faults: FaultList
  readonly droppedTasks: () => ReadonlySet<string>
  /** Called when faults are cleared or a `dropTasks` is added. */
  readonly dropTasks: (count: number) => void
}

/** `POST` adds to, `GET` shows and `DELETE` empties the list of faults. */
export function registerFaultRoutes(
  app: FastifyInstance,
  { faults, droppedTasks, dropTasks }: FaultRoutesOptions,
): void {
  const shown = () => ({ faults: faults.list(), droppedTasks: [...droppedTasks()] })
  app.get('/_sim/faults', (_request, reply) => reply.send(shown()))
  app.delete('/_sim/faults', (_request, reply) => {
    faults.clear()
    dropTasks(0)
    return reply.send(shown())
  })
  app.post('/_sim/faults', (request, reply) => {
    const parsed = requestSchema.safeParse(request.body)
    if (!parsed.success)
      return reply.code(400).send({ error: 'Not a list of faults; see the README.', issues: parsed.error.issues })
    faults.add(parsed.data)
    for (const { fault } of parsed.data) if (fault.kind === 'dropTasks') dropTasks(fault.tasks)
    return reply.send(shown())
  })
}
