import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Orgs } from '../orgs.ts'
import { PERSON_ROLES } from '../people/person.ts'
import { isRegistered } from './oauth-app.ts'
import type { Identity } from './identity.ts'
import { splitScopes } from './scopes.ts'

const revocationSchema = z.strictObject({
  clientId: z.string().optional(),
  orgId: z.string().optional(),
  grantId: z.string().optional(),
})

const consentSchema = z.strictObject({
  clientId: z.string(),
  /** Absent: the first organization. */
  orgId: z.string().optional(),
  /** Who consents: by address, or the first person with that role. */
  email: z.string().optional(),
  role: z.enum(PERSON_ROLES).default('full-administrator'),
  /** Separated by spaces. */
  scope: z.string().transform(splitScopes),
  redirectUri: z.string(),
})

/**
 * Ours, beside the vendor's: `GET /_sim/oauth` lists apps and grants without token texts, `POST …/revoke` does what an administrator does who removes
 * an app, `POST …/codes` gives an authorization code as if somebody had consented in the browser.
 */
export function registerOAuthControl(app: FastifyInstance, identity: Identity, orgs: Orgs): void {
  app.get('/_sim/oauth', (_request, reply) => reply.send(identity.list()))

  app.post('/_sim/oauth/revoke', (request, reply) => {
    const which = revocationSchema.safeParse(request.body ?? {})
    if (!which.success) return reply.code(400).send({ error: 'Name clientId, orgId, grantId, or nothing for all.' })
    return reply.send({ revoked: identity.revoke(which.data) })
  })

  app.post('/_sim/oauth/codes', (request, reply) => {
    const parsed = consentSchema.safeParse(request.body)
    if (!parsed.success) return reply.code(400).send({ error: 'Not a consent.', issues: parsed.error.issues })
    const { clientId, orgId, email, role, scope, redirectUri } = parsed.data
    const client = identity.findApp(clientId)
    const org = orgId === undefined ? orgs.all[0] : orgs.find(orgId)
    if (client === undefined || org === undefined)
      return reply.code(404).send({ error: 'No such app or organization.' })
    const person =
      email === undefined
        ? identity.directory.people(org).find((one) => one.roles.includes(role))
        : identity.directory.findByEmail(org, email)
    if (person === undefined) return reply.code(404).send({ error: 'No such person.' })
    const isPossible = isRegistered(client, redirectUri) && scope.every((one) => client.scopes.includes(one))
    if (!isPossible) return reply.code(400).send({ error: 'The app is not registered for that scope or redirectUri.' })
    return reply.send({
      code: identity.codes.open({
        app: client,
        orgId: org.id,
        person,
        scopes: scope,
        redirectUri,
        challenge: undefined,
      }),
    })
  })
}
