import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Orgs } from '../orgs.ts'
import type { RecordSource, Span, Truth } from '../world.ts'
import { ControlError, orgOf, readControl } from './control-error.ts'
import { countWindows } from './windows.ts'

const spanSchema = z.object({
  from: z.coerce.number().int().default(0),
  to: z.coerce.number().int().default(Number.MAX_SAFE_INTEGER),
})
const NO_TRUTH = 'This world is a dataset: nobody wrote down what really happened.'

function spanOf(query: unknown): Span {
  const { from, to } = readControl(spanSchema, query, 'from and to are epoch milliseconds:')
  return { fromMs: from, toMs: to }
}

/** What of a truth lies in a span of `createdTime` of its task (agent states: that overlaps it). */
const READERS: Readonly<Record<string, (truth: Truth, span: Span, asOfMs: number) => Promise<readonly unknown[]>>> = {
  tasks: async (truth, span, asOfMs) => truth.tasks(span, asOfMs),
  engagements: async (truth, span, asOfMs) => truth.engagements(span, asOfMs),
  turns: async (truth, span, asOfMs) => truth.turns(span, asOfMs),
  captures: async (truth, span, asOfMs) => truth.captures(span, asOfMs),
  'agent-states': async (truth, span, asOfMs) => truth.agentStates(span, asOfMs),
}

/** `GET /_sim/truth/…`, as of the world's time, optionally `?from=&to=` (epoch ms, half-open) and `?org=`. */
export function registerTruthRoutes(app: FastifyInstance, orgs: Orgs): void {
  app.get('/_sim/truth/windows', async (request, reply) => {
    const { seen, world } = orgOf(orgs, request.query)
    const asOfMs = seen.asOfMs()
    const span = spanOf(request.query)
    const chunksOf = (source: RecordSource) => source.scan(span, asOfMs, 'oldest-first')
    return reply.send([
      ...(await countWindows('task', chunksOf(world.tasks))),
      ...(await countWindows('agent_session', chunksOf(world.agentSessions))),
      ...(await countWindows('task_leg', chunksOf(world.taskLegs))),
    ])
  })

  app.get<{ Params: { what: string } }>('/_sim/truth/:what', async (request, reply) => {
    const read = READERS[request.params.what]
    if (read === undefined)
      throw new ControlError(404, `Truth is told about: ${Object.keys(READERS).join(', ')}, windows.`)
    const { seen, world } = orgOf(orgs, request.query)
    if (world.truth === undefined) throw new ControlError(404, NO_TRUTH)
    return reply.send(await read(world.truth, spanOf(request.query), seen.asOfMs()))
  })
}
