import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PEOPLE_READ } from '../http/caller.ts'
import { refuseLikeWebexApis } from '../http/envelopes.ts'
import { readList, readNumber, RestQueryError } from '../http/rest-query.ts'
import type { Directory } from './directory.ts'
import { keyOfWebexId } from './people-ids.ts'
import type { Person } from './person.ts'
import { renderPerson } from './render-person.ts'

/** `id=` may name so many (webex-cc-api §6.3). */
const MOST_IDS = 85
const DEFAULT_PAGE = 100
/** With calling data a page is no longer than this. */
const MOST_WITH_CALLING_DATA = 100
/** Longest page otherwise; the reference names none. */
const MOST_PER_PAGE = 1000

const querySchema = z.record(z.string(), z.unknown())
const cursorSchema = z.coerce.number().int().min(0)

interface Listing {
  readonly matching: readonly Person[]
  readonly notFoundIds: readonly string[]
}

/** `GET /v1/people`, `/v1/people/me` and `/v1/people/{id}` of webexapis.com (§6.3): accounts of the token's organization. */
export function registerPeopleRoutes(app: FastifyInstance, directory: Directory): void {
  const read = { config: { access: PEOPLE_READ } }

  app.get('/v1/people/me', read, ({ caller }, reply) => reply.send(renderPerson(caller.org, caller.person)))

  app.get<{ Params: { id: string } }>('/v1/people/:id', read, (request, reply) => {
    const { org } = request.caller
    const found = directory.find(org, keyOfWebexId('PEOPLE', request.params.id) ?? '')
    return found === undefined
      ? refuseLikeWebexApis(reply, 404, 'The requested resource could not be found.')
      : reply.send(renderPerson(org, found))
  })

  app.get('/v1/people', read, (request, reply) => {
    const query = querySchema.parse(request.query)
    try {
      const listing = list(request, query)
      if (listing === undefined)
        return refuseLikeWebexApis(reply, 400, 'Email, displayName or id is required without spark-admin:people_read.')
      const { caller } = request
      const most = query['callingData'] === 'true' ? MOST_WITH_CALLING_DATA : MOST_PER_PAGE
      const max = readNumber(query, 'max', 1, most, DEFAULT_PAGE)
      const first = readCursor(query['cursor'])
      const page = listing.matching.slice(first, first + max)
      if (first + max < listing.matching.length) reply.header('link', nextLink(request, first + max))
      return reply.send({
        items: page.map((person) => renderPerson(caller.org, person)),
        notFoundIds: listing.notFoundIds,
      })
    } catch (error) {
      if (error instanceof RestQueryError) return refuseLikeWebexApis(reply, 400, error.message)
      throw error
    }
  })

  /** Undefined when the request asks for everybody and its token may not. */
  function list({ caller }: FastifyRequest, query: Readonly<Record<string, unknown>>): Listing | undefined {
    const { org, scopes, person } = caller
    const ids = readList(query, 'id', MOST_IDS)
    if (ids !== undefined) {
      const found = ids.map((id) => directory.find(org, keyOfWebexId('PEOPLE', id) ?? ''))
      return { matching: found.filter((one) => one !== undefined), notFoundIds: ids.filter((_id, at) => !found[at]) }
    }
    const wanted = (name: string) => (typeof query[name] === 'string' ? query[name].trim().toLowerCase() : '')
    const [email, displayName] = [wanted('email'), wanted('displayName')]
    const isAdmin =
      scopes.has('spark-admin:people_read') && person.roles.some((role) => role !== 'agent' && role !== 'supervisor')
    if (email === '' && displayName === '' && !isAdmin) return undefined
    const matching = directory
      .people(org)
      .filter((one) => email === '' || one.email.toLowerCase() === email)
      .filter((one) => one.displayName.toLowerCase().startsWith(displayName))
    return { matching, notFoundIds: [] }
  }
}

/** Clients follow the link as it is; what stands in it is ours. */
function readCursor(cursor: unknown): number {
  if (cursor === undefined) return 0
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : ''
  const read = cursorSchema.safeParse(text === '' ? undefined : text)
  if (!read.success) throw new RestQueryError('cursor is invalid.')
  return read.data
}

/** RFC 5988, as webexapis.com pages; there is no cursor in the body. */
function nextLink(request: FastifyRequest, first: number): string {
  const url = new URL(request.originalUrl, `${request.protocol}://${request.host}`)
  url.searchParams.set('cursor', Buffer.from(String(first)).toString('base64url'))
  return `<${url.href}>; rel="next"`
}
