import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { readFromTo, readNumber, RestQueryError } from '../http/rest-query.ts'
import { recordsIn, textOf } from '../json.ts'
import type { SimulatedOrg } from '../orgs.ts'
import type { RecordOf, RecordSource, Span } from '../world.ts'
import { agentActivity, rowsOfSlot } from './agent-rows.ts'
import type { AgentRow } from './agent-rows.ts'
import { agentStatistics } from './agent-statistics.ts'
import { queueStatistics } from './queue-statistics.ts'
import { reachBack, readChannels, readIds, readStatisticsWindow } from './statistics-window.ts'

const DAY_MS = 86_400_000
/** No more rows of one window can be paged through (webex-cc-api §5.2); that later pages are empty is inferred. */
const MAX_ACTIVITIES = 10_000

type Query = Readonly<Record<string, string>>
type Rows = (org: SimulatedOrg, query: Query) => Promise<readonly object[]>

/** `GET /v1/agents/activities`, `/v1/agents/statistics`, `/v1/queues/statistics` (webex-cc-api §5.2). */
export function registerStatisticsRoutes(app: FastifyInstance, { nowMs }: { readonly nowMs: () => number }): void {
  const serve = (path: string, rowsOf: Rows) =>
    app.get<{ Querystring: Record<string, string> }>(
      path,
      { config: { access: CONFIG_READ } },
      (request: FastifyRequest<{ Querystring: Record<string, string> }>, reply: FastifyReply) =>
        answer(request, reply, rowsOf),
    )

  serve('/v1/agents/activities', async (org, query) => {
    const { fromMs, toMs } = readFromTo(query, nowMs())
    if (toMs - fromMs >= DAY_MS) throw new RestQueryError('The time between from and to should be less than 24 hours.')
    const page = readNumber(query, 'page', 0, Number.MAX_SAFE_INTEGER, 0)
    const pageSize = readNumber(query, 'pageSize', 1, 1000, 100)
    const channels = readChannels(query)
    const isWanted = (row: AgentRow) =>
      row.startMs >= fromMs && row.startMs < toMs && (channels === undefined || channels.has(row.channelType))
    const rows = (await sessionsOf(org, query, { fromMs, toMs }))
      .flatMap((session) => recordsIn(session['channelInfo']).flatMap((channel) => rowsOfSlot(session, channel)))
      .filter(isWanted)
      .toSorted((a, b) => a.startMs - b.startMs || (textOf(a.activity['id']) < textOf(b.activity['id']) ? -1 : 1))
    const last = Math.min((page + 1) * pageSize, MAX_ACTIVITIES)
    return rows.slice(Math.min(page * pageSize, last), last).map(agentActivity)
  })

  serve('/v1/agents/statistics', async (org, query) => {
    const window = readStatisticsWindow(query, nowMs())
    return agentStatistics(await sessionsOf(org, query, window), window, org.seen.asOfMs())
  })

  serve('/v1/queues/statistics', async (org, query) => {
    const window = readStatisticsWindow(query, nowMs())
    const queues = org.world.configuration('contact-service-queue')
    const thresholds = new Map(queues.map((queue) => [queue['id'], Number(queue['serviceLevelThreshold'] ?? 0)]))
    return queueStatistics(await recordsOf(org, org.world.tasks, window), {
      window,
      queueIds: readIds(query, 'queueIds'),
      thresholdS: (queueId) => thresholds.get(queueId) ?? 0,
    })
  })
}

async function answer(
  request: FastifyRequest<{ Querystring: Record<string, string> }>,
  reply: FastifyReply,
  rowsOf: Rows,
): Promise<FastifyReply> {
  const { org } = request.caller
  const orgId = request.query['orgId'] ?? org.id
  if (orgId !== org.id) return refuse(reply, 403, 'Access to the organization is denied.')
  try {
    return await reply.send({ meta: { orgId }, data: await rowsOf(org, request.query) })
  } catch (error) {
    if (error instanceof RestQueryError) return refuse(reply, 400, error.message)
    throw error
  }
}

async function sessionsOf(org: SimulatedOrg, query: Query, span: Span): Promise<readonly RecordOf[]> {
  const agentIds = readIds(query, 'agentIds')
  const teamIds = readIds(query, 'teamIds')
  return (await recordsOf(org, org.world.agentSessions, span)).filter(
    (session) =>
      (agentIds?.has(textOf(session['agentId'])) ?? true) && (teamIds?.has(textOf(session['teamId'])) ?? true),
  )
}

/** Whole records that may have something inside the span; other requests are let through between chunks. */
async function recordsOf({ seen }: SimulatedOrg, source: RecordSource, span: Span): Promise<readonly RecordOf[]> {
  const found: RecordOf[] = []
  for (const chunk of source.scan(reachBack(source, span), seen.asOfMs(), 'oldest-first')) {
    for (const row of chunk) found.push(row.record())
    await setImmediate()
  }
  return found
}
