import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { faultSubject } from '../faults/apply-to-answer.ts'
import type { FaultList } from '../faults/fault-list.ts'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { registerGzip } from '../http/gzip-large.ts'
import { executeSearch } from './execute-search.ts'
import type { SearchContext } from './search-context.ts'

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

export interface SearchRouteOptions {
  readonly faults: FaultList
  readonly nowMs: () => number
  readonly bounds: SearchContext['bounds']
  readonly innerTies: SearchContext['innerTies']
  /** HTTP status of queries that do not validate; the vendor's is not public for most of them. */
  readonly invalidStatus: number
}

/** `POST /search`. */
export function registerSearchRoute(app: FastifyInstance, options: SearchRouteOptions): void {
  const { faults, nowMs, bounds, innerTies } = options
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

      const asOfMs = seen.asOfMs()
      const stale = faults.take(faultSubject(request), ['staleCount'])
      const context: SearchContext = {
        nowMs: nowMs(),
        bounds,
        innerTies,
        index: (root, use) => seen.index(root, use === 'aggregation' ? asOfMs - (stale?.staleMs ?? 0) : asOfMs),
        droppedTasks: drops.ids(),
      }
      const { query, variables, operationName } = parsed.data
      const outcome = await executeSearch(
        { query, variables: variables ?? {}, operationName: operationName ?? undefined },
        context,
      )
      switch (outcome.kind) {
        case 'answered':
          return reply.send(outcome.body)
        case 'invalid':
          return reply.code(isMissingArgument(outcome.body.errors) ? 400 : options.invalidStatus).send(outcome.body)
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
