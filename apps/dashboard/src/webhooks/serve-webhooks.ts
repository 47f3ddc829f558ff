import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { type HintKind, noteHint } from '@wxcc/db/hint'
import type { Logger } from '@wxcc/telemetry/log'
import fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isSigned, secretOf } from './signature.ts'

/** The longest event that is documented has a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024
/** The vendor gives up after 5 s and may switch a subscription off that fails. */
const REQUEST_MS = 4_000

/** What of an event counts; all else (names, numbers, signed links) is not even read. */
const event = z.object({
  type: z.string(),
  comciscoorgid: z.string().optional(),
  data: z.object({ taskId: z.string().min(1).max(100) }),
})

/**
 * The endpoint of the vendor's webhooks, on a port of its own: `POST /webhooks/<source key>` and nothing else. A delivery with the source's signature
 * becomes a hint; anything else is dropped. Both are answered alike, since failures may end the subscription and a stranger learns nothing.
 */
export function createWebhookServer(options: {
  readonly db: Database
  readonly clock: Clock
  readonly log: Logger
  readonly master: Uint8Array
}): FastifyInstance {
  const { db, clock, log, master } = options
  const server = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
  })
  // The signature is over the bytes, so they are not parsed before it was checked.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  server.post<{ Params: { source: string }; Body: Buffer | undefined }>('/webhooks/:source', async (request, reply) => {
    const { source } = request.params
    const body = request.body ?? Buffer.alloc(0)
    const signature = request.headers['x-webexcc-signature']
    if (/^[a-z0-9_]{1,40}$/.test(source) && isSigned(body, String(signature), secretOf(master, source))) {
      await note(source, body).catch((error: unknown) =>
        log.warn({ event: 'hint_lost', err: error }, 'a hint was not kept; the next pass brings what it was about'),
      )
    } else {
      log.warn({ event: 'webhook_unsigned' }, 'a webhook without the right signature was dropped')
    }
    return reply.code(204).send()
  })
  server.setNotFoundHandler((_request, reply) => reply.code(404).send())
  server.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send(),
  )
  return server

  async function note(sourceKey: string, body: Buffer): Promise<void> {
    const parsed = event.safeParse(JSON.parse(body.toString('utf8')))
    const kind = parsed.success ? kindOf(parsed.data.type) : undefined
    if (!parsed.success || kind === undefined) return
    await noteHint(db, { sourceKey, kind, taskId: parsed.data.data.taskId, nowMs: await clock() })
  }
}

/** Every other event of a task tells what the next pass brings soon enough. */
function kindOf(type: string): HintKind | undefined {
  if (type === 'capture:available') return 'capture'
  return type === 'task:ended' || type === 'task:failed' ? 'task' : undefined
}
