import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { FaultList } from '../faults/fault-list.ts'
import { searchFaults } from '../faults/search-faults.ts'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { registerGzip } from '../http/gzip-large.ts'
import type { IndexLag } from '../index-lag.ts'
import { giveBack } from './answer-bytes.ts'
import { executeSearch } from './execute-search.ts'
import type { SearchContext } from './search-context.ts'

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

type Switches = Pick<
  SearchContext,
  'bounds' | 'spanLimit' | 'innerTies' | 'emptyObjects' | 'absentMembers' | 'introspection' | 'limitStatus'
>

export interface SearchRouteOptions extends Switches {
  readonly faults: FaultList
  readonly nowMs: () => number
  readonly lag: IndexLag
  /** Copies of the index that answer in turn. */
  readonly replicas: number
  /** HTTP status of queries that do not validate; the vendor's is not public for most of them. */
  readonly invalidStatus: number
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** `POST /search`. */
export function registerSearchRoute(app: FastifyInstance, options: SearchRouteOptions): void {
  const { faults, nowMs, lag, replicas, invalidStatus, ...switches } = options
  let turn = 0
  registerGzip(app)
  app.post<{ Querystring: { orgId?: string } }>(
    '/search',
    { config: { access: CONFIG_READ } },
    async (request, reply) => {
      const { seen, drops, ...org } = request.caller.org
      const { orgId } = request.query
      if (orgId !== undefined && orgId !== org.id) return refuse(reply, 403, 'Access to the organization is denied.')
      const parsed = requestSchema.safeParse(request.body)
      if (!parsed.success) return refuse(reply, 400, 'the body must be JSON with a query')

      const { staleMs, rewrite, ...met } = searchFaults(faults, request, nowMs())
      const copy = turn++ % replicas
      const context: SearchContext = {
        ...switches,
        ...met,
        source: (root, use) => rewrite(seen.source(root, { lag, copy, staleMs: staleMs[use] })),
        served: (root, ids) => void request.traffic?.pages.push({ root, ids }),
        kept: seen.kept,
        droppedTasks: drops.ids(),
      }
      const { query, variables, operationName } = parsed.data
      const outcome = await executeSearch(
        { query, variables: variables ?? {}, operationName: operationName ?? undefined },
        context,
      )
      switch (outcome.kind) {
        case 'answered': {
          const { body } = outcome
          reply.raw.once('close', () => giveBack(body))
          return reply.type(JSON_TYPE).send(body)
        }
        case 'invalid':
          return reply.code(isMissingArgument(outcome.body.errors) ? 400 : invalidStatus).send(outcome.body)
        case 'refused':
          return refuse(reply, outcome.status, outcome.reason)
        default:
          return outcome satisfies never
      }
    },
  )
}

/** The one validation error whose status has been observed: 400 "Missing field argument". */
function isMissingArgument(errors: readonly { readonly message: string }[] | undefined): boolean {
  return errors?.some(({ message }) => message.includes('Missing field argument')) ?? false
}
