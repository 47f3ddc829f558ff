import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { outlineOrg } from '../control/outline-org.ts'
import type { Orgs } from '../orgs.ts'
import { changedSettings } from '../settings-lines.ts'
import type { Settings } from '../settings.ts'
import { overviewPage } from './overview-page.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** `GET /`: a page for people. It needs nothing from elsewhere. */
export function registerOverviewPage(app: FastifyInstance, settings: Settings, orgs: Orgs): void {
  app.get('/', async (request, reply) => {
    const origin = `${request.protocol}://${request.host}`
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: settings.SIM_CLIENT_ID,
      redirect_uri: 'http://localhost:8080/callback',
      scope: settings.SIM_SCOPES.join(' '),
      state: 'any-text',
    })
    return reply.headers(HEADERS).send(
      overviewPage({
        orgs: await Promise.all(orgs.all.map(outlineOrg)),
        persona: settings.SIM_PERSONA,
        changed: changedSettings(settings),
        authorizeUrl: `/v1/authorize?${query.toString()}`,
        origin,
        clientId: settings.SIM_CLIENT_ID,
      }),
    )
  })
}
