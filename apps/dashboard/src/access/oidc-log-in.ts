import type { Logger } from '@wxcc/telemetry/log'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { readCookie } from './cookie.ts'
import { type LogInParts, beginSession } from './log-in.ts'
import { renderLogIn } from './log-in-page.ts'
import type { Oidc } from './oidc.ts'

const CALLBACK = '/log-in/oidc/callback'
/** Long enough for a second factor. */
const LOG_IN_SECONDS = 10 * 60

/**
 * `/log-in/oidc` sends to the identity provider, `/log-in/oidc/callback` is where it sends back. What belongs to one log-in waits in a cookie of the
 * browser that began it: an answer brought by another browser fits none.
 */
export function registerOidcLogIn(
  server: FastifyInstance,
  parts: LogInParts & { readonly oidc: Oidc; readonly publicUrl: string; readonly log: Logger },
): void {
  const { oidc, publicUrl, cookies, log } = parts
  const sorry = (reply: FastifyReply, status: number, trouble: string) =>
    reply
      .status(status)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(renderLogIn({ next: '/', hasOidc: true, trouble }))

  server.get<{ Querystring: { next?: string } }>('/log-in/oidc', async (request, reply) => {
    try {
      const { url, ...begun } = await oidc.begin(new URL(CALLBACK, publicUrl).href)
      const kept = Buffer.from(JSON.stringify({ ...begun, next: request.query.next ?? '/' })).toString('base64url')
      return reply
        .header('set-cookie', cookies.set(cookies.consent, kept, LOG_IN_SECONDS))
        .header('cache-control', 'no-store')
        .redirect(url, 303)
    } catch (error) {
      log.warn({ event: 'oidc_unreachable', err: error }, 'the identity provider did not answer')
      return sorry(reply, 502, 'The identity provider does not answer.')
    }
  })

  server.get(CALLBACK, async (request, reply) => {
    const kept = readCookie(request.headers.cookie, cookies.consent)
    void reply.header('set-cookie', cookies.set(cookies.consent, '', 0))
    if (kept === undefined) return sorry(reply, 400, 'This log-in was not begun here, or took too long.')
    try {
      const begun = JSON.parse(Buffer.from(kept, 'base64url').toString('utf8'))
      const person = await oidc.finish(new URL(request.url, publicUrl), begun)
      if (person === undefined) return sorry(reply, 403, 'None of your groups may see this board.')
      return await beginSession(parts, request, reply, person, begun.next)
    } catch (error) {
      // Its messages quote neither code nor token; the error's own fields may, so only its name is told.
      log.warn({ event: 'oidc_refused', reason: (error as { code?: string }).code }, 'a log-in by OIDC failed')
      return sorry(reply, 401, 'The identity provider did not confirm this log-in. Try again.')
    }
  })
}
