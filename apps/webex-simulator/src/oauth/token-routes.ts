import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuseLikeUpstream, refuseLikeWebexApis } from '../http/envelopes.ts'
import { fieldOf } from '../http/form-body.ts'
import { APPLICATIONS_TOKEN } from '../http/caller.ts'
import type { Orgs } from '../orgs.ts'
import { keyOfWebexId } from '../people/people-ids.ts'
import type { Identity } from './identity.ts'
import type { OAuthApp } from './oauth-app.ts'
import { SCOPES } from './scopes.ts'
import type { TokenAnswer } from './token-store.ts'

/** Two forms of a refused grant: webexapis.com wrapping the inner service's answer (webex-cc-api §1.6), or the plain one of RFC 6749 §5.2. */
export type TokenErrorForm = 'wrapped' | 'oauth'

const DEAD = 'The refresh token provided is expired, revoked, malformed, or invalid.'
const WRONG_CLIENT = 'Client authentication failed.'

interface Refusal {
  readonly error: 'invalid_client' | 'invalid_grant' | 'invalid_request' | 'unsupported_grant_type'
  readonly text: string
}

const originOf = (request: FastifyRequest) => `${request.protocol}://${request.host}`

function grantTokens(identity: Identity, body: unknown): TokenAnswer | Refusal {
  const field = (name: string) => fieldOf(body, name)
  const app = identity.findApp(field('client_id') ?? '')
  if (app === undefined || app.clientSecret !== field('client_secret'))
    return { error: 'invalid_client', text: WRONG_CLIENT }
  switch (field('grant_type')) {
    case 'refresh_token': {
      const refreshed = identity.tokens.refresh(app, field('refresh_token') ?? '')
      return refreshed ?? { error: 'invalid_grant', text: DEAD }
    }
    case 'authorization_code': {
      const code = field('code')
      if (code === undefined) return { error: 'invalid_request', text: 'The code is missing.' }
      const grant = identity.codes.exchange({
        code,
        clientId: app.clientId,
        redirectUri: field('redirect_uri'),
        verifier: field('code_verifier'),
      })
      return typeof grant === 'string' ? { error: 'invalid_grant', text: grant } : identity.tokens.issue(grant)
    }
    default:
      return { error: 'unsupported_grant_type', text: 'The grant type is not supported.' }
  }
}

/** `POST /v1/access_token`, a form (webex-cc-api §1.1 to §1.6), and where the endpoints are. Neither needs a token nor counts. */
export function registerTokenRoutes(app: FastifyInstance, identity: Identity, form: TokenErrorForm): void {
  app.post('/v1/access_token', (request, reply) => {
    const outcome = grantTokens(identity, request.body)
    reply.header('cache-control', 'no-store')
    if (!('error' in outcome)) return reply.send(outcome)
    const { error, text } = outcome
    const status = error === 'invalid_client' ? 401 : 400
    if (form === 'oauth') return reply.code(status).send({ error, error_description: text })
    return status === 401
      ? refuseLikeWebexApis(reply, 401, text)
      : refuseLikeUpstream(reply, `${originOf(request)}/idb/oauth2/v1/access_token`, text)
  })

  for (const path of ['/.well-known/openid-configuration', '/idb/.well-known/openid-configuration'])
    app.get(path, (request, reply) => {
      const origin = originOf(request)
      return reply.send({
        issuer: `${origin}/idb`,
        authorization_endpoint: `${origin}/v1/authorize`,
        token_endpoint: `${origin}/v1/access_token`,
        response_types_supported: ['code'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        code_challenge_methods_supported: ['S256', 'plain'],
        token_endpoint_auth_methods_supported: ['client_secret_post'],
        scopes_supported: SCOPES,
      })
    })
}

/**
 * `POST /v1/applications/{applicationId}/token`: the first token pair of a service app in one organization (webex-cc-api §1.1). Called again it
 * answers the same refresh token. Statuses but 401 and 403 for the caller's own token are inferred.
 */
export function registerServiceAppToken(app: FastifyInstance, identity: Identity, orgs: Orgs): void {
  app.post<{ Params: { applicationId: string } }>(
    '/v1/applications/:applicationId/token',
    { config: { access: APPLICATIONS_TOKEN } },
    (request, reply) => {
      const found = identity.findAppById(request.params.applicationId)
      if (found?.kind !== 'service-app') return refuseLikeWebexApis(reply, 404, 'No such service app.')
      const { body } = request
      if (!isClient(found, body)) return refuseLikeWebexApis(reply, 401, WRONG_CLIENT)
      const target = fieldOf(body, 'targetOrgId')
      if (target === undefined) return refuseLikeWebexApis(reply, 400, 'The targetOrgId is missing.')
      return firstTokens(reply, found, target)
    },
  )

  const isClient = (found: OAuthApp, body: unknown) =>
    fieldOf(body, 'clientId') === found.clientId && fieldOf(body, 'clientSecret') === found.clientSecret

  const firstTokens = (reply: FastifyReply, found: OAuthApp, target: string) => {
    const org = orgs.find(keyOfWebexId('ORGANIZATION', target) ?? target)
    const grant = org === undefined ? undefined : identity.machineGrant(found, org)
    return grant === undefined
      ? refuseLikeWebexApis(reply, 403, 'The service app is not authorized in the organization.')
      : reply.send(identity.tokens.issue(grant))
  }
}
