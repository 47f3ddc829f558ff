import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SimulatedClock } from '../clock.ts'
import { REMEMBERED_REQUESTS } from '../limits/request-log.ts'
import type { RequestLog } from '../limits/request-log.ts'
import type { SlidingWindow } from '../limits/sliding-window.ts'
import type { Orgs } from '../orgs.ts'
import { changedSettings } from '../settings-lines.ts'
import type { Settings } from '../settings.ts'
import { orgOf, readControl } from './control-error.ts'
import { countRecords } from './count-records.ts'
import { outlineOrg } from './outline-org.ts'
import { processFigures } from './process-figures.ts'

/** More tasks than this are counted only when asked for. */
const COUNTED_UNASKED = 50_000

const infoSchema = z.object({ counts: z.enum(['true', 'false']).optional() })
const logSchema = z.object({ last: z.coerce.number().int().min(0).max(REMEMBERED_REQUESTS).optional() })

export interface InfoRoutesOptions {
  readonly settings: Settings
  readonly orgs: Orgs
  readonly clock: SimulatedClock
  readonly requests: RequestLog
  readonly window: SlidingWindow
}

/** `GET /_sim/info`, `/_sim/orgs` and `/_sim/requests`. `seed` is null for a dataset. */
export function registerInfoRoutes(app: FastifyInstance, options: InfoRoutesOptions): void {
  const { settings, orgs, clock, requests, window } = options
  app.get('/_sim/info', async (request, reply) => {
    const { id, name, region, seen, world, seed } = orgOf(orgs, request.query)
    const { counts } = readControl(infoSchema, request.query, 'Not a query:')
    const most = { true: Number.POSITIVE_INFINITY, false: undefined, unasked: COUNTED_UNASKED }[counts ?? 'unasked']
    const asOfMs = seen.asOfMs()
    return reply.send({
      orgId: id,
      name,
      region,
      history: world.history,
      asOfMs,
      seed,
      ...(most === undefined ? {} : { counts: await countRecords(world, asOfMs, most) }),
      process: processFigures(),
    })
  })

  app.get('/_sim/orgs', async (_request, reply) =>
    reply.send({
      persona: settings.SIM_PERSONA,
      changed: changedSettings(settings),
      orgs: await Promise.all(orgs.all.map(outlineOrg)),
    }),
  )

  app.get('/_sim/requests', (request, reply) => {
    const { last } = readControl(logSchema, request.query, 'Not a query:')
    return reply.send({
      ...requests.report(),
      limitPerMinute: window.limitPerMinute,
      clients: window.clients(clock.nowMs()),
      ...(last === undefined ? {} : { last: requests.latest(last) }),
    })
  })
}
