import type { FastifyInstance } from 'fastify'
import { setImmediate } from 'node:timers/promises'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { readFromTo, readList, readNumber, RestQueryError } from '../http/rest-query.ts'
import { textOf } from '../json.ts'
import type { SimulatedOrg } from '../orgs.ts'
import type { RecordOf } from '../world.ts'
import { REST_CHANNELS, restTask } from './rest-task.ts'

/** Limits of `GET /v1/tasks` (webex-cc-api §5.1). */
const MAX_PAGE_SIZE = 1000
const MAX_SPAN_MS = 184 * 86_400_000
const MAX_AGE_MONTHS = 12

export interface TasksRouteOptions {
  readonly nowMs: () => number
  /** Whether `from` and `to` belong to the window, as in Search. */
  readonly bounds: 'half-open' | 'closed' | 'open'
}

interface TasksQuery {
  readonly fromMs: number
  readonly toMs: number
  readonly pageSize: number
  readonly channels: ReadonlySet<string> | undefined
}

/**
 * `GET /v1/tasks`: tasks by creation time, oldest first. There is no next page: the caller goes on from the last `createdTime` (§5.1). There is no
 * item endpoint either: `/v1/tasks/{id}` is a 404.
 */
export function registerTasksRoute(app: FastifyInstance, { nowMs, bounds }: TasksRouteOptions): void {
  app.get<{ Querystring: Record<string, string> }>(
    '/v1/tasks',
    { config: { access: CONFIG_READ } },
    async (request, reply) => {
      const { org } = request.caller
      const orgId = request.query['orgId'] ?? org.id
      if (orgId !== org.id) return refuse(reply, 403, 'Access to the organization is denied.')
      try {
        const query = readQuery(request.query, nowMs())
        const rows = await tasksOf(org, query, bounds)
        return await reply.send({ meta: { orgId }, data: rows.map(restTask) })
      } catch (error) {
        if (error instanceof RestQueryError) return refuse(reply, 400, error.message)
        throw error
      }
    },
  )
}

function readQuery(query: Readonly<Record<string, string>>, nowMs: number): TasksQuery {
  const { fromMs, toMs } = readFromTo(query, nowMs)
  const oldest = new Date(nowMs)
  oldest.setUTCMonth(oldest.getUTCMonth() - MAX_AGE_MONTHS)
  if (fromMs < oldest.getTime()) throw new RestQueryError(`from should not be older than ${MAX_AGE_MONTHS} months.`)
  if (toMs - fromMs > MAX_SPAN_MS) throw new RestQueryError('The time between from and to should not exceed 184 days.')
  const listed = readList(query, 'channelTypes', Object.keys(REST_CHANNELS).length)
  const unknown = listed?.find((name) => REST_CHANNELS[name] === undefined)
  if (unknown !== undefined)
    throw new RestQueryError(`channelTypes must be among ${Object.keys(REST_CHANNELS).join(', ')}.`)
  const channels = listed && new Set(listed.map((name) => REST_CHANNELS[name]!))
  return { fromMs, toMs, pageSize: readNumber(query, 'pageSize', 1, MAX_PAGE_SIZE, 100), channels }
}

async function tasksOf(
  { world, seen }: SimulatedOrg,
  { fromMs, toMs, pageSize, channels }: TasksQuery,
  bounds: TasksRouteOptions['bounds'],
): Promise<readonly RecordOf[]> {
  const span = { fromMs: bounds === 'open' ? fromMs + 1 : fromMs, toMs: bounds === 'closed' ? toMs + 1 : toMs }
  const found: RecordOf[] = []
  for (const chunk of world.tasks.scan(span, seen.asOfMs(), 'oldest-first')) {
    for (const row of chunk) {
      const task = row.record()
      if (channels === undefined || channels.has(textOf(task['channelType']))) found.push(task)
      if (found.length === pageSize) return found
    }
    await setImmediate()
  }
  return found
}
