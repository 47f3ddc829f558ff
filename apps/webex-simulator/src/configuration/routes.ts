import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { isRecord } from '../json.ts'
import type { ConfigurationEntity, RecordOf } from '../world.ts'

const ENTITIES: ReadonlySet<string> = new Set<ConfigurationEntity>([
  'user',
  'team',
  'contact-service-queue',
  'entry-point',
  'site',
  'auxiliary-code',
])
/** Lists of these leave array members out; the item has them (vendor's OpenAPI). */
const WITHOUT_ARRAYS: ReadonlySet<string> = new Set(['contact-service-queue', 'entry-point'])
const MAX_PAGE_SIZE = 100

const querySchema = z.object({
  page: z.coerce.number().int().min(0).default(0),
  pageSize: z.coerce.number().int().min(1).default(MAX_PAGE_SIZE),
  attributes: z.string().optional(),
})

function isEntity(name: string): name is ConfigurationEntity {
  return ENTITIES.has(name)
}

function listed(entity: string, item: RecordOf, attributes: string | undefined): RecordOf {
  const wanted = attributes?.split(',')
  return Object.fromEntries(
    Object.entries(item).filter(
      ([key, value]) => !(WITHOUT_ARRAYS.has(entity) && Array.isArray(value)) && (wanted?.includes(key) ?? true),
    ),
  )
}

function pageLinks(path: string, page: number, pageSize: number, totalPages: number): object {
  const link = (number: number) => `${path}?page=${number}&pageSize=${pageSize}`
  return {
    self: link(page),
    first: link(0),
    last: link(Math.max(totalPages - 1, 0)),
    ...(page > 0 ? { prev: link(page - 1) } : {}),
    ...(page + 1 < totalPages ? { next: link(page + 1) } : {}),
  }
}

/** Lists and items of the configuration API, and the organization itself. */
export function registerConfigurationRoutes(app: FastifyInstance): void {
  app.addHook('preHandler', async (request, reply) => {
    if (!isRecord(request.params) || request.params['orgId'] !== request.caller.org.id)
      return refuse(reply, 403, 'Access to the organization is denied.')
    return undefined
  })

  app.get('/organization/:orgId', { config: { access: CONFIG_READ } }, (request, reply) =>
    reply.send({ id: request.caller.org.id, name: request.caller.org.name }),
  )

  app.get<{ Params: { entity: string }; Querystring: Record<string, string> }>(
    '/organization/:orgId/v2/:entity',
    { config: { access: CONFIG_READ } },
    (request, reply) => {
      const { world } = request.caller.org
      const { entity } = request.params
      if (!isEntity(entity)) return refuse(reply, 404, `no such entity: ${entity}`)
      if (request.query['filter'] !== undefined || request.query['search'] !== undefined) {
        return refuse(reply, 400, 'the simulator does not model filter and search')
      }
      const query = querySchema.safeParse(request.query)
      if (!query.success) return refuse(reply, 400, 'page and pageSize must be whole numbers')
      const { page, attributes } = query.data
      const pageSize = Math.min(query.data.pageSize, MAX_PAGE_SIZE)
      const items = world.configuration(entity)
      const totalPages = Math.ceil(items.length / pageSize)
      const path = `/organization/${world.orgId}/v2/${entity}`
      return reply.send({
        meta: {
          orgid: world.orgId,
          page,
          pageSize,
          totalPages,
          totalRecords: items.length,
          links: pageLinks(path, page, pageSize, totalPages),
        },
        data: items.slice(page * pageSize, (page + 1) * pageSize).map((item) => listed(entity, item, attributes)),
      })
    },
  )

  app.get<{ Params: { entity: string; id: string } }>(
    '/organization/:orgId/:entity/:id',
    { config: { access: CONFIG_READ } },
    (request, reply) => {
      const { entity, id } = request.params
      const { world } = request.caller.org
      const item = isEntity(entity) ? world.configuration(entity).find((one) => one['id'] === id) : undefined
      return item === undefined ? refuse(reply, 404, `no such ${entity}`) : reply.send(item)
    },
  )
}
