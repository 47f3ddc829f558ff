import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { refuse } from '../http/envelopes.ts'
import type { Orgs } from '../orgs.ts'
import { CONFIGURATION_ENTITIES } from '../world.ts'
import type { ConfigurationChanges } from './configuration-changes.ts'

const changeSchema = z
  .object({
    entity: z.enum(CONFIGURATION_ENTITIES),
    id: z.string().min(1),
    action: z.enum(['rename', 'deactivate', 'delete']),
    name: z.string().min(1).optional(),
  })
  .refine(({ action, name }) => action !== 'rename' || name !== undefined, 'a rename needs a name')

export interface ChangeRouteOptions {
  readonly orgs: Orgs
  readonly changes: ConfigurationChanges
  readonly nowMs: () => number
}

/** `/_sim/configuration`: an administrator renames, deactivates or deletes an item, from the clock's now on. `?org=` when there are several. */
export function registerConfigurationChangeRoute(
  app: FastifyInstance,
  { orgs, changes, nowMs }: ChangeRouteOptions,
): void {
  const orgOf = (query: { readonly org?: string }) => (query.org === undefined ? orgs.all[0] : orgs.find(query.org))

  app.get<{ Querystring: { org?: string } }>('/_sim/configuration', (request, reply) => {
    const org = orgOf(request.query)
    return org === undefined ? refuse(reply, 404, 'no such organization') : reply.send(changes.list(org.id))
  })

  app.post<{ Querystring: { org?: string } }>('/_sim/configuration', (request, reply) => {
    const org = orgOf(request.query)
    if (org === undefined) return refuse(reply, 404, 'no such organization')
    const parsed = changeSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, parsed.error.issues.map((issue) => issue.message).join(' '))
    const { entity, id } = parsed.data
    const atMs = nowMs()
    const isThere = changes
      .apply(org.id, entity, org.world.configuration(entity), atMs)
      .some((item) => item['id'] === id)
    if (!isThere) return refuse(reply, 404, `no such ${entity}`)
    const change = { ...parsed.data, atMs }
    changes.record(org.id, change)
    return reply.send(change)
  })
}
