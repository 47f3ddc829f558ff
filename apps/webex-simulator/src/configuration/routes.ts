import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG_READ } from '../http/caller.ts'
import { isRecord } from '../json.ts'
import type { ConfigurationEntity, RecordOf } from '../world.ts'
import { isEntity } from './configuration-changes.ts'
import type { ConfigurationChanges } from './configuration-changes.ts'
import { listItems, ListQueryError, pageLinks, readListQuery } from './list-items.ts'
import type { ItemPage } from './list-items.ts'
import { refuseConfiguration } from './refuse-configuration.ts'
import { FilterError } from './rsql.ts'

export interface ConfigurationRoutesOptions {
  readonly changes: ConfigurationChanges
  readonly nowMs: () => number
}

/** Lists and items of the configuration API, and the organization itself (webex-cc-api §6.1). */
export function registerConfigurationRoutes(
  app: FastifyInstance,
  { changes, nowMs }: ConfigurationRoutesOptions,
): void {
  const read = { config: { access: CONFIG_READ } }
  const itemsOf = (request: FastifyRequest, entity: ConfigurationEntity): readonly RecordOf[] => {
    const { id, world } = request.caller.org
    return changes.apply(id, entity, world.configuration(entity), nowMs())
  }
  /** One page, or the refusal that was sent instead. */
  const pageOf = (request: FastifyRequest, reply: FastifyReply, entity: string): ItemPage | undefined => {
    if (!isEntity(entity)) {
      refuseConfiguration(reply, 404, `There is no resource ${entity}.`, entity)
      return undefined
    }
    try {
      return listItems(entity, itemsOf(request, entity), readListQuery(request.url))
    } catch (error) {
      if (!(error instanceof FilterError || error instanceof ListQueryError)) throw error
      refuseConfiguration(reply, 400, error.message, entity)
      return undefined
    }
  }
  const sendItem = (reply: FastifyReply, entity: string, item: RecordOf | undefined) =>
    item === undefined ? refuseConfiguration(reply, 404, `No such ${entity}.`, entity) : reply.send(item)

  app.addHook('preHandler', async (request, reply) => {
    if (!isRecord(request.params) || request.params['orgId'] !== request.caller.org.id)
      return refuseConfiguration(reply, 403, 'Access to the organization is denied.')
    return undefined
  })

  app.get('/organization/:orgId', read, (request, reply) =>
    reply.send({ id: request.caller.org.id, name: request.caller.org.name }),
  )

  const sendList = (request: FastifyRequest, reply: FastifyReply, version: string, entity: string) => {
    const found = pageOf(request, reply, entity)
    if (found === undefined) return reply
    const { items, ...counts } = found
    const orgid = request.caller.org.id
    const links = pageLinks(`/organization/${orgid}/${version}/${entity}`, found)
    return reply.send({ meta: { orgid, ...counts, links }, data: items })
  }
  app.get<{ Params: { entity: string } }>('/organization/:orgId/v2/:entity', read, (request, reply) =>
    sendList(request, reply, 'v2', request.params.entity),
  )
  // Two entities are listed as version 3 (§6.2; address books: vendor's OpenAPI, read 2026-11).
  for (const entity of ['user-profile', 'address-book'])
    app.get(`/organization/:orgId/v3/${entity}`, read, (request, reply) => sendList(request, reply, 'v3', entity))

  /** Version 1: the bare array, deprecated for some entities and still there (§6.1). */
  app.get<{ Params: { entity: string } }>('/organization/:orgId/:entity', read, (request, reply) => {
    const found = pageOf(request, reply, request.params.entity)
    return found === undefined ? reply : reply.send(found.items)
  })

  app.get<{ Params: { ciUserId: string } }>(
    '/organization/:orgId/user/by-ci-user-id/:ciUserId',
    read,
    (request, reply) => {
      const { ciUserId } = request.params
      return sendItem(
        reply,
        'user',
        itemsOf(request, 'user').find((user) => user['ciUserId'] === ciUserId),
      )
    },
  )

  app.get<{ Params: { entity: string; id: string } }>('/organization/:orgId/:entity/:id', read, (request, reply) => {
    const { entity, id } = request.params
    const items = isEntity(entity) ? itemsOf(request, entity) : []
    return sendItem(
      reply,
      entity,
      items.find((one) => one['id'] === id),
    )
  })
}
