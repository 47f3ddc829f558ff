import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Orgs, SimulatedOrg } from '../orgs.ts'
import type { RecordSource, Span, Truth } from '../world.ts'
import { countWindows } from './windows.ts'

const spanSchema = z.object({
  from: z.coerce.number().default(0),
  to: z.coerce.number().default(Number.MAX_SAFE_INTEGER),
})
const NO_TRUTH = { error: 'This world is a dataset: nobody wrote down what really happened.' }

function spanOf(query: unknown): Span {
  const parsed = spanSchema.safeParse(query)
  return parsed.success
    ? { fromMs: parsed.data.from, toMs: parsed.data.to }
    : { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
}

/** What of a truth lies in a span of `createdTime` of its task (agent states: that overlaps it). */
const READERS: Readonly<Record<string, (truth: Truth, span: Span, asOfMs: number) => Promise<readonly unknown[]>>> = {
  tasks: async (truth, span, asOfMs) => truth.tasks(span, asOfMs),
  engagements: async (truth, span, asOfMs) => truth.engagements(span, asOfMs),
  turns: async (truth, span, asOfMs) => truth.turns(span, asOfMs),
  captures: async (truth, span, asOfMs) => truth.captures(span, asOfMs),
  'agent-states': async (truth, span, asOfMs) => truth.agentStates(span, asOfMs),
}

const startsIn = (source: RecordSource, span: Span, asOfMs: number) =>
  [...source.scan(span, asOfMs, 'oldest-first')].flat().map((row) => row.time)

/** The org a control call is about: `?org=`, else the first. */
export function orgOf(orgs: Orgs, query: unknown): SimulatedOrg {
  const wanted = z.object({ org: z.string() }).safeParse(query)
  return (wanted.success ? orgs.find(wanted.data.org) : undefined) ?? orgs.all[0]
}

/** `GET /_sim/truth/…`, as of the world's time, optionally `?from=&to=` (epoch ms, half-open). */
export function registerTruthRoutes(app: FastifyInstance, orgs: Orgs): void {
  app.get('/_sim/truth/windows', (request, reply) => {
    const { seen, world } = orgOf(orgs, request.query)
    const asOfMs = seen.asOfMs()
    const span = spanOf(request.query)
    return reply.send([
      ...countWindows('task', startsIn(world.tasks, span, asOfMs)),
      ...countWindows('agent_session', startsIn(world.agentSessions, span, asOfMs)),
      ...countWindows('task_leg', startsIn(world.taskLegs, span, asOfMs)),
    ])
  })

  app.get<{ Params: { what: string } }>('/_sim/truth/:what', async (request, reply) => {
    const read = READERS[request.params.what]
    if (read === undefined)
      return reply.code(404).send({ error: `Truth is told about: ${Object.keys(READERS).join(', ')}, windows.` })
    const { seen, world } = orgOf(orgs, request.query)
    if (world.truth === undefined) return reply.code(404).send(NO_TRUTH)
    return reply.send(await read(world.truth, spanOf(request.query), seen.asOfMs()))
  })
}
