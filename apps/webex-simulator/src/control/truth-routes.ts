import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SeenWorld } from '../seen-world.ts'
import type { Truth } from '../world.ts'
import { countWindows } from './windows.ts'

const rangeSchema = z.object({ from: z.coerce.number().optional(), to: z.coerce.number().optional() })
const NO_TRUTH = { error: 'This world is a dataset: nobody wrote down what really happened.' }

type InRange = (epochMs: number | undefined) => boolean

function rangeOf(query: unknown): InRange {
  const parsed = rangeSchema.safeParse(query)
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = parsed.success ? parsed.data : {}
  return (epochMs) => epochMs !== undefined && epochMs >= from && epochMs < to
}

/** What of a truth lies in a range of `createdTime` of its task (agent states: of their own start). */
const READERS: Readonly<
  Record<string, (truth: Truth, asOfMs: number, inRange: InRange) => Promise<readonly unknown[]>>
> = {
  tasks: async (truth, asOfMs, inRange) => truth.tasks(asOfMs).filter((task) => inRange(task.createdTime)),
  engagements: async (truth, asOfMs, inRange) => ofTasks(truth, asOfMs, inRange, truth.engagements(asOfMs)),
  turns: async (truth, asOfMs, inRange) => ofTasks(truth, asOfMs, inRange, truth.turns(asOfMs)),
  captures: async (truth, asOfMs, inRange) => ofTasks(truth, asOfMs, inRange, await truth.captures(asOfMs)),
  'agent-states': async (truth, asOfMs, inRange) =>
    truth.agentStates(asOfMs).filter((state) => inRange(state.startTime)),
}

function ofTasks<T extends { readonly taskId: string }>(
  truth: Truth,
  asOfMs: number,
  inRange: InRange,
  all: readonly T[],
): readonly T[] {
  const created = new Map(truth.tasks(asOfMs).map((task) => [task.taskId, task.createdTime]))
  return all.filter(({ taskId }) => inRange(created.get(taskId)))
}

/** `GET /_sim/truth/…`, as of the world's time, optionally `?from=&to=` (epoch ms, half-open). */
export function registerTruthRoutes(app: FastifyInstance, seen: SeenWorld): void {
  app.get('/_sim/truth/windows', (request, reply) => {
    const asOfMs = seen.asOfMs()
    const inRange = rangeOf(request.query)
    const { world } = seen
    const taskStarts = (world.truth?.tasks(asOfMs) ?? world.tasks(asOfMs)).map((task) => task.createdTime)
    const windows = [
      ...countWindows('task', taskStarts),
      ...countWindows(
        'agent_session',
        world.agentSessions(asOfMs).map((session) => session.startTime),
      ),
      ...countWindows(
        'task_leg',
        world.taskLegs(asOfMs).map((leg) => leg.createdTime),
      ),
    ]
    return reply.send(windows.filter((window) => inRange(window.fromMs)))
  })

  app.get<{ Params: { what: string } }>('/_sim/truth/:what', async (request, reply) => {
    const read = READERS[request.params.what]
    if (read === undefined)
      return reply.code(404).send({ error: `Truth is told about: ${Object.keys(READERS).join(', ')}, windows.` })
    if (seen.world.truth === undefined) return reply.code(404).send(NO_TRUTH)
    return reply.send(await read(seen.world.truth, seen.asOfMs(), rangeOf(request.query)))
  })
}
