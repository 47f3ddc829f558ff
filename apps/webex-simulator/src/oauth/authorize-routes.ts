import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fieldOf } from '../http/form-body.ts'
import type { Orgs } from '../orgs.ts'
import { readAuthorizeRequest, redirectTo } from './authorize-request.ts'
import type { AuthorizeRequest } from './authorize-request.ts'
import { createBrowserSessions } from './browser-sessions.ts'
import { consentPage, refusalPage } from './consent-page.ts'
import type { Identity } from './identity.ts'
import { offerPeople, personOf } from './offered-people.ts'
import type { SignedIn } from './offered-people.ts'
import { pageHeaders } from './page-frame.ts'

/** Consents that are asked for and not answered; the oldest are forgotten. */
const MOST_TICKETS = 1000

const queryOf = (request: FastifyRequest) => new URLSearchParams(request.url.split('?')[1] ?? '')
const sendRefusal = (reply: FastifyReply, reason: string) =>
  reply.code(400).headers(pageHeaders()).send(refusalPage(reason))

/** `GET /v1/authorize` with its consent page, and the forms on that page. One address for all regions (webex-cc-api §1.1). */
export function registerAuthorizeRoutes(app: FastifyInstance, identity: Identity, orgs: Orgs): void {
  const sessions = createBrowserSessions()
  const tickets = new Map<string, AuthorizeRequest>()
  const ticketFor = (request: AuthorizeRequest) => {
    const ticket = randomBytes(24).toString('base64url')
    tickets.set(ticket, request)
    const [oldest] = tickets.keys()
    if (tickets.size > MOST_TICKETS && oldest !== undefined) tickets.delete(oldest)
    return ticket
  }
  const codeFor = (request: AuthorizeRequest, who: SignedIn) =>
    identity.codes.open({
      orgId: who.org.id,
      person: who.person,
      app: request.app,
      scopes: request.scopes,
      redirectUri: request.redirectUri,
      challenge: request.challenge,
    })

  /** `prompt=none`: a code if this person has already allowed all of it, else an error; never a page. */
  const answerUnseen = (request: AuthorizeRequest, who: SignedIn | undefined) => {
    if (who === undefined) return redirectTo(request, { error: 'login_required', description: 'Nobody is signed in.' })
    const hasAllowed = identity.tokens
      .grants()
      .some(
        (grant) =>
          !grant.isRevoked &&
          grant.app.clientId === request.app.clientId &&
          grant.orgId === who.org.id &&
          grant.person.uuid === who.person.uuid &&
          request.scopes.every((scope) => grant.scopes.includes(scope)),
      )
    return redirectTo(
      request,
      hasAllowed
        ? { code: codeFor(request, who) }
        : { error: 'consent_required', description: 'The user has not allowed this yet.' },
    )
  }

  app.get('/v1/authorize', (request, reply) => {
    const outcome = readAuthorizeRequest(queryOf(request), (clientId) => identity.findApp(clientId))
    if (outcome.kind === 'page') return sendRefusal(reply, outcome.reason)
    if (outcome.kind === 'redirect') return reply.redirect(outcome.to, 302)
    const asked = outcome.request
    const { prompt, loginHint } = asked
    const isAskedAgain = prompt === 'login' || prompt === 'select_account'
    if (isAskedAgain) reply.header('set-cookie', sessions.signOut(request.headers.cookie))
    const session = isAskedAgain ? undefined : sessions.of(request.headers.cookie)
    if (prompt === 'none') return reply.redirect(answerUnseen(asked, session), 302)
    const who = session ?? offerPeople(orgs, identity.directory, loginHint)
    return reply
      .headers(pageHeaders(new URL(asked.redirectUri).protocol))
      .send(consentPage({ request: asked, ticket: ticketFor(asked), who }))
  })

  app.post('/v1/authorize', (request, reply) => {
    const ticket = fieldOf(request.body, 'ticket') ?? ''
    const asked = tickets.get(ticket)
    if (asked === undefined) return sendRefusal(reply, 'This consent was already answered, or is too old.')
    const decision = fieldOf(request.body, 'decision')
    if (decision !== 'accept') {
      tickets.delete(ticket)
      const refused = { error: 'access_denied', description: 'The user declined.' } as const
      return reply.redirect(redirectTo(asked, refused), 302)
    }
    const chosen = personOf(orgs, identity.directory, fieldOf(request.body, 'person'))
    const who = chosen ?? sessions.of(request.headers.cookie)
    if (who === undefined) return sendRefusal(reply, 'Nobody was chosen to sign in.')
    tickets.delete(ticket)
    if (chosen !== undefined) reply.header('set-cookie', sessions.signIn(chosen))
    return reply.redirect(redirectTo(asked, { code: codeFor(asked, who) }), 302)
  })

  app.post('/v1/authorize/sign-out', (request, reply) => {
    const asked = tickets.get(fieldOf(request.body, 'ticket') ?? '')
    reply.header('set-cookie', sessions.signOut(request.headers.cookie))
    return asked === undefined
      ? sendRefusal(reply, 'You are signed out, and nothing waits for an answer any more.')
      : reply.redirect(`/v1/authorize?${asked.query}`, 303)
  })
}
