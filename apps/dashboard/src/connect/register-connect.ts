import type { Finding } from '@wxcc/connection/check'
import { checkSource } from '@wxcc/connection/check-source'
import { reasonOfRefusal } from '@wxcc/connection/consent-refusals'
import type { Clock } from '@wxcc/contracts/clock'
import { keepConsent, takeConsent } from '@wxcc/db/board-session'
import type { Database } from '@wxcc/db/connect'
import { type Source, listSources } from '@wxcc/db/data-source'
import type { SealingKey } from '@wxcc/db/seal'
import { failureCodeOf } from '@wxcc/queue/decide-failure'
import { ConfigError } from '@wxcc/runtime/load-config'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Cookies, readCookie } from '../access/cookie.ts'
import { personOf, requireOperator } from '../access/guard.ts'
import { renderConnectForm, renderConnectTrouble, renderConsentLink, renderDoctor } from './connect-page.ts'
import { type GivenTokens, beginConsent, connectWithTokens, finishConsent, openConsent } from './consent.ts'

export interface ConnectParts {
  readonly sealingKey: SealingKey
  /** The pipeline's clock: tokens end by it. */
  readonly clock: Clock
  /** The doctor's look at Postgres, Redis and the object store. */
  readonly checkPlaces: () => Promise<Finding[]>
  /** A simulator that may be connected beside the vendor's data centers. */
  readonly simulatorUrl: string | undefined
}

const OFF = 'Nothing can be connected here: the dashboard has no SECRETS_KEY. Set it, or run: wxcc connect'
const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$|^$'

const formBody = {
  type: 'object',
  properties: {
    clientId: { type: 'string', minLength: 1, maxLength: 200 },
    clientSecret: { type: 'string', minLength: 1, maxLength: 300 },
    dataCenter: { type: 'string', maxLength: 20 },
    key: { type: 'string', pattern: '^[a-z0-9_]{0,40}$' },
    name: { type: 'string', maxLength: 100 },
    org: { type: 'string', pattern: UUID },
    days: { type: 'integer', minimum: 0, maximum: 1100, default: 1 },
    timeZone: { type: 'string', maxLength: 60, default: 'UTC' },
    refreshToken: { type: 'string', maxLength: 2_000 },
    applicationId: { type: 'string', maxLength: 200 },
    applicationsToken: { type: 'string', maxLength: 2_000 },
  },
  required: ['clientId', 'clientSecret', 'dataCenter'],
} as const

interface Form {
  readonly clientId: string
  readonly clientSecret: string
  readonly dataCenter: string
  readonly key?: string
  readonly name?: string
  readonly org?: string
  readonly days: number
  readonly timeZone: string
  readonly refreshToken?: string
  readonly applicationId?: string
  readonly applicationsToken?: string
}

/** `/connect`: client id and secret, consent at the vendor, and the doctor's table. For operators. */
export function registerConnect(
  scope: FastifyInstance,
  parts: {
    readonly db: Database
    readonly cookies: Cookies
    readonly originOf: (request: FastifyRequest) => string
    readonly connect: ConnectParts | undefined
  },
): void {
  const { db, cookies, originOf, connect } = parts
  const tokenOf = (request: FastifyRequest) => readCookie(request.headers.cookie, cookies.session)!
  const redirectUriOf = (request: FastifyRequest) => `${originOf(request)}/connect/callback`
  const operators = { onRequest: requireOperator, exposeHeadRoute: false } as const

  scope.get<{ Querystring: { again?: string } }>('/connect', operators, async (request, reply) =>
    connect === undefined
      ? send(reply, 200, renderConnectTrouble(OFF, personOf(request)))
      : showForm(request, reply, connect, { again: request.query.again }),
  )

  scope.post<{ Body: Form }>('/connect', { ...operators, schema: { body: formBody } }, async (request, reply) => {
    if (connect === undefined) return send(reply, 503, renderConnectTrouble(OFF, personOf(request)))
    const { key, name, org, timeZone } = request.body
    try {
      if (!isTimeZone(timeZone)) throw new ConfigError([{ setting: 'time zone', problem: 'is none' }])
      const asked = {
        ...request.body,
        key: key || undefined,
        name: name || undefined,
        org: org?.toLowerCase() || undefined,
        given: givenOf(request.body),
      }
      const { simulatorUrl, clock: now } = connect
      if (asked.given !== undefined) {
        const at = { simulatorUrl, now, actor: personOf(request).name }
        const source = await connectWithTokens(db, connect.sealingKey, { ...asked, given: asked.given }, at)
        return await reply.header('cache-control', 'no-store').redirect(`/connect/sources/${source.key}`, 303)
      }
      const { url, sealed } = beginConsent(connect.sealingKey, asked, {
        redirectUri: redirectUriOf(request),
        simulatorUrl,
      })
      await keepConsent(db, tokenOf(request), sealed)
      return send(reply, 200, renderConsentLink(url, personOf(request)))
    } catch (error) {
      return showForm(request, reply, connect, { trouble: troubleOf(error) })
    }
  })

  scope.get<{ Querystring: { code?: string; state?: string; error?: string } }>(
    '/connect/callback',
    operators,
    async (request, reply) => {
      if (connect === undefined) return send(reply, 503, renderConnectTrouble(OFF, personOf(request)))
      const { code, state, error } = request.query
      const sealed = await takeConsent(db, tokenOf(request))
      const begun = sealed === null ? undefined : openConsent(connect.sealingKey, sealed, state)
      if (begun === undefined)
        return send(reply, 400, renderConnectTrouble('This consent was not begun in this session.', personOf(request)))
      if (code === undefined || code === '')
        return showForm(request, reply, connect, { trouble: `No consent: ${reasonOfRefusal(error)}.` })
      try {
        const actor = personOf(request).name
        const source = await finishConsent(db, connect.sealingKey, begun, { code, now: connect.clock, actor })
        return await reply.header('cache-control', 'no-store').redirect(`/connect/sources/${source.key}`, 303)
      } catch (failure) {
        return showForm(request, reply, connect, { trouble: troubleOf(failure) })
      }
    },
  )

  scope.get<{ Params: { key: string } }>('/connect/sources/:key', operators, async (request, reply) => {
    const source = (await listSources(db)).find(({ key }) => key === request.params.key)
    if (connect === undefined || source === undefined)
      return send(reply, 404, renderConnectTrouble(connect === undefined ? OFF : 'No such source.', personOf(request)))
    const findings = [
      ...(await connect.checkPlaces()),
      ...(await checkSource(db, connect.sealingKey, source, connect.clock)),
    ]
    return send(reply, 200, renderDoctor(source, findings, personOf(request)))
  })

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    { simulatorUrl }: ConnectParts,
    { again, trouble }: { readonly again?: string | undefined; readonly trouble?: string },
  ) {
    const sources: Source[] = await listSources(db)
    const form = {
      sources,
      redirectUri: redirectUriOf(request),
      simulatorUrl,
      again: sources.find(({ key }) => key === again),
      trouble,
    }
    return send(reply, trouble === undefined ? 200 : 400, renderConnectForm(form, personOf(request)))
  }
}

function send(reply: FastifyReply, status: number, page: string) {
  return reply.status(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)
}

/** Undefined when a person is to consent. Throws `ConfigError` for half of what a Service App needs. */
function givenOf({ refreshToken, applicationId, applicationsToken }: Form): GivenTokens | undefined {
  if (refreshToken) return { refreshToken }
  if (!applicationId && !applicationsToken) return undefined
  if (!applicationId || !applicationsToken)
    throw new ConfigError([{ setting: 'application id', problem: 'and personal token belong together' }])
  return { applicationId, applicationsToken }
}

/** In words of the form; anything that is not about what was filled in is the server's business. */
function troubleOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message.replaceAll(/--(?=[a-z])/g, '')
  switch (failureCodeOf(error)) {
    case 'consent_needed':
      return 'The vendor refused the client id, the client secret or the consent.'
    case 'vendor_unauthorized':
      return 'The vendor refused the personal token, which needs spark:applications_token, or the client secret.'
    case 'vendor_forbidden':
      return 'No administrator of the organisation has authorized this Service App (Control Hub, Apps).'
    case 'vendor_not_found':
      return 'There is no Service App with this application id.'
    case 'vendor_timeout':
    case 'vendor_unavailable':
      return 'The vendor cannot be reached from here.'
    default:
      throw error
  }
}

function isTimeZone(text: string): boolean {
  try {
    void new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
