import type { FastifyInstance } from 'fastify'
import type { RequestLog } from '../limits/request-log.ts'
import type { SeenWorld } from '../seen-world.ts'

/** `GET /_sim/info` and `GET /_sim/requests`. `seed` is null for a dataset. */
export function registerInfoRoutes(app: FastifyInstance, seen: SeenWorld, requests: RequestLog, seed: number): void {
  app.get('/_sim/info', (_request, reply) => {
    const { world } = seen
    const asOfMs = seen.asOfMs()
    return reply.send({
      orgId: world.orgId,
      history: world.history,
      asOfMs,
      seed: world.truth === undefined ? null : seed,
      counts: {
        tasks: world.tasks(asOfMs).length,
        agentSessions: world.agentSessions(asOfMs).length,
        taskLegs: world.taskLegs(asOfMs).length,
      },
    })
  })
  app.get('/_sim/requests', (_request, reply) => reply.send(requests.report()))
}
