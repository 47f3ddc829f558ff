import type { FastifyInstance } from 'fastify'
import type { RequestLog } from '../limits/request-log.ts'
import type { Orgs } from '../orgs.ts'
import type { RecordSource } from '../world.ts'
import { orgOf } from './truth-routes.ts'

/** `GET /_sim/info` and `GET /_sim/requests`. `seed` is null for a dataset. */
export function registerInfoRoutes(app: FastifyInstance, orgs: Orgs, requests: RequestLog): void {
  app.get('/_sim/info', (request, reply) => {
    const { seen, world, seed } = orgOf(orgs, request.query)
    const asOfMs = seen.asOfMs()
    const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
    const count = (source: RecordSource) => [...source.scan(ever, asOfMs, 'oldest-first')].flat().length
    return reply.send({
      orgId: world.orgId,
      history: world.history,
      asOfMs,
      seed,
      counts: {
        tasks: count(world.tasks),
        agentSessions: count(world.agentSessions),
        taskLegs: count(world.taskLegs),
      },
    })
  })
  app.get('/_sim/requests', (_request, reply) => reply.send(requests.report()))
}
